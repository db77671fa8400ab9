import RoostGateway
import RoostSQLite
import RoostSystem

await System("guestbook", drivers: [.sqlite]) {
    Gateway(port: 8080)
    GuestbookService()
}.main()
