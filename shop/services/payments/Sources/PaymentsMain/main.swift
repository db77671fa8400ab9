import Payments
import RoostSystem
import ShopDrivers
import ShopLogging

await PaymentsService().main(drivers: .shop, log: .shop)
