import Accounts
import Carts
import Catalog
import Notifications
import Orders
import OrdersAPI
import Payments
import Processor
import RecommendationsAPI
import RoostEventsService
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
    EventsService()
    External(
        "recommendations", RecommendationsAPIContract.self, command: "services/recommendations/run", subscribes: [OrderEnded.self],
        fallbacks: [Fallback(RecommendationsAPIContract.self, by: NoRecommendations())])
}

await shop.main()
