import Notifications
import RoostSystem

await NotificationsService().main()
