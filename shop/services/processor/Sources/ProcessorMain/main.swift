import Processor
import RoostSystem
import ShopDrivers
import ShopLogging

await ProcessorService().main(drivers: .shop, log: .shop)
