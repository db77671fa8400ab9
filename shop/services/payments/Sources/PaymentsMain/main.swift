import Payments
import RoostSystem
import ShopDrivers

await PaymentsService().main(drivers: .shop)
