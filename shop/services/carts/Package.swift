// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "carts",
    platforms: [.macOS(.v26)],
    products: [
        .library(name: "CartsAPI", targets: ["CartsAPI"]),
        .library(name: "Carts", targets: ["Carts"]),
        .executable(name: "carts", targets: ["CartsMain"]),
    ],
    dependencies: [
        .package(name: "roost", path: "../../.."),
        .package(path: "../../common"),
        .package(path: "../accounts"),
        .package(path: "../catalog"),
    ],
    targets: [
        .target(
            name: "CartsAPI",
            dependencies: [
                .product(name: "Roost", package: "roost"),
                .product(name: "Money", package: "common"),
                .product(name: "CatalogAPI", package: "catalog"),
            ]),
        .target(
            name: "Carts",
            dependencies: [
                "CartsAPI",
                .product(name: "RoostSystem", package: "roost"),
                .product(name: "ShopCommon", package: "common"),
                .product(name: "AccountsAPI", package: "accounts"),
                .product(name: "CatalogAPI", package: "catalog"),
            ]),
        .executableTarget(name: "CartsMain", dependencies: ["Carts"]),
        .testTarget(
            name: "CartsTests",
            dependencies: [
                "Carts", "CartsAPI",
                .product(name: "RoostStore", package: "roost"),
                .product(name: "RoostTesting", package: "roost"),
                .product(name: "Money", package: "common"),
                .product(name: "AccountsTesting", package: "accounts"),
                .product(name: "Catalog", package: "catalog"),
                .product(name: "CatalogAPI", package: "catalog"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)
