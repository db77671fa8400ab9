import Notifications
import RoostSQLite
import RoostSystem

await NotificationsService().main(drivers: [.sqlite])
