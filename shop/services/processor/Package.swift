// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "processor",
    platforms: [.macOS(.v26)],
    products: [
        .library(name: "ProcessorAPI", targets: ["ProcessorAPI"]),
        .library(name: "Processor", targets: ["Processor"]),
        .executable(name: "processor", targets: ["ProcessorMain"]),
    ],
    dependencies: [
        .package(name: "roost", path: "../../.."),
        .package(path: "../../common"),
    ],
    targets: [
        .target(
            name: "ProcessorAPI",
            dependencies: [
                .product(name: "Roost", package: "roost"),
                .product(name: "Money", package: "common"),
            ]),
        .target(
            name: "Processor",
            dependencies: [
                "ProcessorAPI",
                .product(name: "RoostSystem", package: "roost"),
                .product(name: "RoostAuth", package: "roost"),
                .product(name: "RoostWork", package: "roost"),
                .product(name: "ShopCommon", package: "common"),
            ],
            resources: [.copy("migrations")]),
        .executableTarget(name: "ProcessorMain", dependencies: ["Processor"]),
        .testTarget(
            name: "ProcessorTests",
            dependencies: [
                "Processor",
                "ProcessorAPI",
                .product(name: "RoostTesting", package: "roost"),
                .product(name: "RoostData", package: "roost"),
                .product(name: "RoostAuth", package: "roost"),
                .product(name: "Money", package: "common"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)
