import Accounts
import Carts
import Catalog
import Foundation
import Notifications
import Orders
import Payments
import Processor
import RoostGateway
import RoostSystem

let web = URL(fileURLWithPath: Configuration.environment.string("WEB_ROOT") ?? "web")

let shop = System("shop") {
    Gateway(port: 8000, site: .folder(web))
    AccountsService()
    CatalogService()
    CartsService()
    OrdersService()
    PaymentsService()
    ProcessorService().alone()
    NotificationsService()
}

await shop.main()
