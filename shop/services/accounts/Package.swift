// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "accounts",
    platforms: [.macOS(.v26)],
    products: [
        .library(name: "AccountsAPI", targets: ["AccountsAPI"]),
        .library(name: "Accounts", targets: ["Accounts"]),
        .library(name: "AccountsTesting", targets: ["AccountsTesting"]),
        .executable(name: "accounts", targets: ["AccountsMain"]),
    ],
    dependencies: [
        .package(name: "roost", path: "../../.."),
        .package(path: "../../common"),
    ],
    targets: [
        .target(
            name: "AccountsAPI",
            dependencies: [
                .product(name: "Roost", package: "roost"),
                .product(name: "RoostAuth", package: "roost"),
            ]),
        .target(
            name: "Accounts",
            dependencies: [
                "AccountsAPI",
                .product(name: "RoostSystem", package: "roost"),
                .product(name: "RoostAuth", package: "roost"),
                .product(name: "ShopCommon", package: "common"),
            ],
            resources: [.copy("migrations")]),
        .executableTarget(name: "AccountsMain", dependencies: ["Accounts"]),
        // What the tests of other services have in its place.
        .target(
            name: "AccountsTesting",
            dependencies: [
                "AccountsAPI",
                .product(name: "RoostSystem", package: "roost"),
                .product(name: "RoostAuth", package: "roost"),
                .product(name: "ShopCommon", package: "common"),
            ]),
        .testTarget(
            name: "AccountsTests",
            dependencies: [
                "Accounts", "AccountsAPI",
                .product(name: "RoostAuth", package: "roost"), .product(name: "RoostGateway", package: "roost"),
                .product(name: "RoostGRPC", package: "roost"), .product(name: "RoostTesting", package: "roost"),
                .product(name: "ShopCommon", package: "common"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)
