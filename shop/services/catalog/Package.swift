// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "catalog",
    platforms: [.macOS(.v26)],
    products: [
        .library(name: "CatalogAPI", targets: ["CatalogAPI"]),
        .library(name: "Catalog", targets: ["Catalog"]),
        .executable(name: "catalog", targets: ["CatalogMain"]),
    ],
    dependencies: [
        .package(name: "roost", path: "../../.."),
        .package(path: "../../common"),
        .package(path: "../accounts"),
    ],
    targets: [
        .target(
            name: "CatalogAPI",
            dependencies: [
                .product(name: "Roost", package: "roost"),
                .product(name: "Money", package: "common"),
            ]),
        .target(
            name: "Catalog",
            dependencies: [
                "CatalogAPI",
                .product(name: "RoostSystem", package: "roost"),
                .product(name: "ShopCommon", package: "common"),
                .product(name: "AccountsAPI", package: "accounts"),
            ],
            resources: [.copy("migrations"), .copy("Resources")]),
        .executableTarget(name: "CatalogMain", dependencies: ["Catalog"]),
        .testTarget(
            name: "CatalogTests",
            dependencies: [
                "Catalog", "CatalogAPI",
                .product(name: "RoostTesting", package: "roost"),
                .product(name: "Money", package: "common"),
                .product(name: "AccountsTesting", package: "accounts"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)
