import Orders
import RoostRedis
import RoostSQLite
import RoostSystem

await OrdersService().main(drivers: [.sqlite, .redis])
