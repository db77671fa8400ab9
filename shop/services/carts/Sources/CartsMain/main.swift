import Carts
import RoostSystem
import ShopDrivers
import ShopLogging

await CartsService().main(drivers: .shop, log: .shop)
