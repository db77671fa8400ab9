// swift-tools-version: 6.2
import PackageDescription

func of(_ package: String, _ products: String...) -> [Target.Dependency] { products.map { .product(name: $0, package: package) } }

let package = Package(
    name: "notifications",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "NotificationsAPI", targets: ["NotificationsAPI"]), .library(name: "Notifications", targets: ["Notifications"]),
        .executable(name: "notifications", targets: ["NotificationsMain"]),
    ],
    dependencies: [.package(name: "roost", path: "../../..")] + ["../../common", "../accounts", "../orders"].map { .package(path: $0) },
    targets: [
        .target(name: "NotificationsAPI", dependencies: of("roost", "Roost")),
        .target(
            name: "Notifications",
            dependencies: ["NotificationsAPI"] + of("roost", "RoostSystem", "RoostMail", "RoostMailTemplates")
                + of("common", "ShopMail") + of("accounts", "AccountsAPI") + of("orders", "OrdersAPI"),
            resources: [.copy("templates")]),
        .executableTarget(
            name: "NotificationsMain",
            dependencies: ["Notifications"] + of("roost", "RoostSystem") + of("common", "ShopDrivers", "ShopLogging")),
    ],
    swiftLanguageModes: [.v6]
)
