// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "notifications",
    platforms: [.macOS(.v26)],
    products: [
        .library(name: "NotificationsAPI", targets: ["NotificationsAPI"]),
        .library(name: "Notifications", targets: ["Notifications"]),
        .executable(name: "notifications", targets: ["NotificationsMain"]),
    ],
    dependencies: [
        .package(name: "roost", path: "../../.."),
        .package(path: "../../common"),
        .package(path: "../accounts"),
        .package(path: "../orders"),
    ],
    targets: [
        .target(
            name: "NotificationsAPI",
            dependencies: [
                .product(name: "Roost", package: "roost")
            ]),
        .target(
            name: "Notifications",
            dependencies: [
                "NotificationsAPI",
                .product(name: "RoostSystem", package: "roost"),
                .product(name: "RoostMail", package: "roost"),
                .product(name: "ShopCommon", package: "common"),
                .product(name: "AccountsAPI", package: "accounts"),
                .product(name: "OrdersAPI", package: "orders"),
            ]),
        .executableTarget(name: "NotificationsMain", dependencies: ["Notifications"]),
        .testTarget(
            name: "NotificationsTests",
            dependencies: [
                "Notifications",
                "NotificationsAPI",
                .product(name: "RoostTesting", package: "roost"),
                .product(name: "RoostEvents", package: "roost"),
                .product(name: "Money", package: "common"),
                .product(name: "AccountsAPI", package: "accounts"),
                .product(name: "OrdersAPI", package: "orders"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)
