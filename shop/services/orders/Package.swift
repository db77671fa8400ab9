// swift-tools-version: 6.2
import PackageDescription

func of(_ package: String, _ products: String...) -> [Target.Dependency] { products.map { .product(name: $0, package: package) } }

let package = Package(
    name: "orders",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "OrdersAPI", targets: ["OrdersAPI"]), .library(name: "Orders", targets: ["Orders"]),
        .executable(name: "orders", targets: ["OrdersMain"]),
    ],
    dependencies: [.package(name: "roost", path: "../../..")]
        + ["../../common", "../accounts", "../catalog", "../carts", "../payments"].map { .package(path: $0) },
    targets: [
        .target(name: "OrdersAPI", dependencies: of("roost", "Roost") + of("common", "Money")),
        .target(
            name: "Orders",
            dependencies: ["OrdersAPI"] + of("roost", "RoostSystem", "RoostWorkflow", "RoostStore")
                + of("common", "ShopCommon") + of("accounts", "AccountsAPI") + of("catalog", "CatalogAPI")
                + of("carts", "CartsAPI", "OrderedCarts") + of("payments", "PaymentsAPI"),
            resources: [.copy("migrations")]),
        .executableTarget(
            name: "OrdersMain", dependencies: ["Orders"] + of("roost", "RoostSystem") + of("common", "ShopDrivers", "ShopLogging")),
    ],
    swiftLanguageModes: [.v6]
)
