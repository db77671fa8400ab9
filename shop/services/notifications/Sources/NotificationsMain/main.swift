import Notifications
import RoostSystem
import ShopDrivers

await NotificationsService().main(drivers: .shop)
