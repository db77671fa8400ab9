import Orders
import RoostSystem

await OrdersService().main()
