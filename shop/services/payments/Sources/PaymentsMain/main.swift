import Payments
import RoostRedis
import RoostSQLite
import RoostSystem

await PaymentsService().main(drivers: [.sqlite, .redis])
