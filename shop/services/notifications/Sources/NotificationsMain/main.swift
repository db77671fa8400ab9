import Notifications
import RoostSystem
import ShopDrivers
import ShopLogging

await NotificationsService().main(drivers: .shop, log: .shop)
