import Orders
import RoostSQLite
import RoostSystem

await OrdersService().main(drivers: [.sqlite])
