// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "payments",
    platforms: [.macOS(.v26)],
    products: [
        .library(name: "PaymentsAPI", targets: ["PaymentsAPI"]),
        .library(name: "Payments", targets: ["Payments"]),
        .executable(name: "payments", targets: ["PaymentsMain"]),
    ],
    dependencies: [
        .package(name: "roost", path: "../../.."),
        .package(path: "../../common"),
        .package(path: "../accounts"),
        .package(path: "../processor"),
    ],
    targets: [
        .target(
            name: "PaymentsAPI",
            dependencies: [
                .product(name: "Roost", package: "roost"),
                .product(name: "Money", package: "common"),
            ]),
        .target(
            name: "Payments",
            dependencies: [
                "PaymentsAPI",
                .product(name: "RoostSystem", package: "roost"),
                .product(name: "RoostAuth", package: "roost"),
                .product(name: "ShopCommon", package: "common"),
                .product(name: "AccountsAPI", package: "accounts"),
                .product(name: "ProcessorAPI", package: "processor"),
            ],
            resources: [.copy("migrations")]),
        .executableTarget(name: "PaymentsMain", dependencies: ["Payments"]),
        .testTarget(
            name: "PaymentsTests",
            dependencies: [
                "Payments",
                "PaymentsAPI",
                .product(name: "RoostTesting", package: "roost"),
                .product(name: "RoostAuth", package: "roost"),
                .product(name: "Money", package: "common"),
                .product(name: "AccountsTesting", package: "accounts"),
                .product(name: "ProcessorAPI", package: "processor"),
                .product(name: "Processor", package: "processor"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)
