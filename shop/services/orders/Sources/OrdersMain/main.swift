import Orders
import RoostSystem
import ShopDrivers

await OrdersService().main(drivers: .shop)
