import Accounts
import Carts
import Catalog
import Notifications
import Orders
import Payments
import Processor
import RoostGateway
import RoostSystem

let shop = System("shop") {
    Gateway(port: 8000, site: "web")
    AccountsService()
    CatalogService()
    CartsService()
    OrdersService()
    PaymentsService()
    ProcessorService().alone()
    NotificationsService()
}

await shop.main()
