import Payments
import RoostSQLite
import RoostSystem

await PaymentsService().main(drivers: [.sqlite])
