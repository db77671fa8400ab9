import Carts
import RoostRedis
import RoostSQLite
import RoostSystem

await CartsService().main(drivers: [.sqlite, .redis])
