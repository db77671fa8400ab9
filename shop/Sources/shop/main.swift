import Accounts
import Carts
import Catalog
import Notifications
import Orders
import Payments
import Processor
import RoostGateway
import RoostSystem
import ShopDrivers
import ShopLogging

let shop = ServiceSystem(
    "shop", title: "Roost Market", description: "The reference shop: accounts, catalog, carts, orders and payments.",
    drivers: .shop, log: .shop
) {
    Gateway(port: 8000, site: "web", middleware: [RequestArrival.Stamping()])
        .authenticating(AccountsService.verifyingTokens)
    AccountsService()
    CatalogService()
    CartsService()
    OrdersService()
    PaymentsService()
    ProcessorService().alone()
    NotificationsService()
}

await shop.main()
