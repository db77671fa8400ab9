import Notifications
import RoostRedis
import RoostSQLite
import RoostSystem

await NotificationsService().main(drivers: [.sqlite, .redis])
