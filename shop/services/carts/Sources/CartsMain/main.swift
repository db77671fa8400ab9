import Carts
import RoostSystem

await CartsService().main()
