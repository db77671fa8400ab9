import Payments
import RoostSystem

await PaymentsService().main()
