import Carts
import RoostSystem
import ShopDrivers

await CartsService().main(drivers: .shop)
