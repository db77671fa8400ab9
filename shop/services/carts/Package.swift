// swift-tools-version: 6.2
import PackageDescription

func of(_ package: String, _ products: String...) -> [Target.Dependency] { products.map { .product(name: $0, package: package) } }

let package = Package(
    name: "carts",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "CartsAPI", targets: ["CartsAPI"]), .library(name: "Carts", targets: ["Carts"]),
        .library(name: "OrderedCarts", targets: ["OrderedCarts"]), .library(name: "CartsTesting", targets: ["CartsTesting"]),
        .executable(name: "carts", targets: ["CartsMain"]),
    ],
    dependencies: [.package(name: "roost", path: "../../..")] + ["../../common", "../accounts", "../catalog"].map { .package(path: $0) },
    targets: [
        .target(name: "CartsAPI", dependencies: of("roost", "Roost") + of("common", "Money", "Guests") + of("catalog", "CatalogAPI")),
        // What the orders service tells the carts by the store that they share.
        .target(name: "OrderedCarts", dependencies: of("roost", "Roost", "RoostStore")),
        .target(
            name: "Carts",
            dependencies: ["CartsAPI", "OrderedCarts"] + of("roost", "RoostSystem", "RoostStore", "RoostAuth")
                + of("common", "ShopCommon", "Guests") + of("accounts", "AccountsAPI") + of("catalog", "CatalogAPI")),
        // Shorter calls for the tests of all services.
        .target(name: "CartsTesting", dependencies: ["CartsAPI"] + of("roost", "Roost")),
        .executableTarget(
            name: "CartsMain", dependencies: ["Carts"] + of("roost", "RoostSystem") + of("common", "ShopDrivers", "ShopLogging")),
    ],
    swiftLanguageModes: [.v6]
)
