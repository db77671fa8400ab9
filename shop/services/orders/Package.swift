// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "orders",
    platforms: [.macOS(.v26)],
    products: [
        .library(name: "OrdersAPI", targets: ["OrdersAPI"]),
        .library(name: "Orders", targets: ["Orders"]),
        .executable(name: "orders", targets: ["OrdersMain"]),
    ],
    dependencies: [
        .package(name: "roost", path: "../../.."),
        .package(path: "../../common"),
        .package(path: "../processor"),
        .package(path: "../accounts"),
        .package(path: "../catalog"),
        .package(path: "../carts"),
        .package(path: "../payments"),
    ],
    targets: [
        .target(
            name: "OrdersAPI",
            dependencies: [
                .product(name: "Roost", package: "roost"),
                .product(name: "Money", package: "common"),
            ]),
        .target(
            name: "Orders",
            dependencies: [
                "OrdersAPI",
                .product(name: "RoostSystem", package: "roost"),
                .product(name: "RoostWork", package: "roost"),
                .product(name: "ShopCommon", package: "common"),
                .product(name: "AccountsAPI", package: "accounts"),
                .product(name: "CatalogAPI", package: "catalog"),
                .product(name: "CartsAPI", package: "carts"),
                .product(name: "PaymentsAPI", package: "payments"),
            ],
            resources: [.copy("migrations")]),
        .executableTarget(name: "OrdersMain", dependencies: ["Orders"]),
        .testTarget(
            name: "OrdersTests",
            dependencies: [
                "Orders",
                "OrdersAPI",
                .product(name: "RoostTesting", package: "roost"),
                .product(name: "RoostEvents", package: "roost"),
                .product(name: "RoostData", package: "roost"),
                .product(name: "RoostWork", package: "roost"),
                .product(name: "Money", package: "common"),
                .product(name: "AccountsTesting", package: "accounts"),
                .product(name: "CatalogAPI", package: "catalog"),
                .product(name: "Catalog", package: "catalog"),
                .product(name: "CartsAPI", package: "carts"),
                .product(name: "Carts", package: "carts"),
                .product(name: "PaymentsAPI", package: "payments"),
                .product(name: "Payments", package: "payments"),
                .product(name: "Processor", package: "processor"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)
