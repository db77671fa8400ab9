// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "common",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Money", targets: ["Money"]),
        .library(name: "Guests", targets: ["Guests"]),
        .library(name: "ShopCommon", targets: ["ShopCommon"]),
        .library(name: "ShopLogging", targets: ["ShopLogging"]),
        .library(name: "ShopMail", targets: ["ShopMail"]),
        .library(name: "ShopDrivers", targets: ["ShopDrivers"]),
    ],
    dependencies: [.package(name: "roost", path: "../..")],
    targets: [
        .target(
            name: "Money", dependencies: [.product(name: "Roost", package: "roost"), .product(name: "RoostData", package: "roost")]),
        .target(
            name: "Guests", dependencies: [.product(name: "Roost", package: "roost"), .product(name: "RoostAuth", package: "roost")]),
        .target(
            name: "ShopCommon",
            dependencies: [
                "Guests",
                .product(name: "RoostAuth", package: "roost"),
                .product(name: "RoostStore", package: "roost"),
                .product(name: "RoostSystem", package: "roost"),
            ]),
        .target(
            name: "ShopMail",
            dependencies: [
                .product(name: "Roost", package: "roost"),
                .product(name: "RoostData", package: "roost"),
                .product(name: "RoostMail", package: "roost"),
                .product(name: "RoostMailTemplates", package: "roost"),
                .product(name: "RoostSystem", package: "roost"),
            ]),
        // What a program links, and no service.
        .target(name: "ShopLogging", dependencies: [.product(name: "RoostSystem", package: "roost")]),
        .target(
            name: "ShopDrivers",
            dependencies: [
                .product(name: "Roost", package: "roost"),
                .product(name: "RoostKafka", package: "roost"),
                .product(name: "RoostPostgres", package: "roost"),
                .product(name: "RoostRabbitMQ", package: "roost"),
                .product(name: "RoostRedis", package: "roost"),
                .product(name: "RoostSQLite", package: "roost"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)
