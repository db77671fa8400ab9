import Carts
import RoostSQLite
import RoostSystem

await CartsService().main(drivers: [.sqlite])
