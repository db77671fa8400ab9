import Processor
import RoostSystem
import ShopDrivers

await ProcessorService().main(drivers: .shop)
