import Orders
import RoostSystem
import ShopDrivers
import ShopLogging

await OrdersService().main(drivers: .shop, log: .shop)
