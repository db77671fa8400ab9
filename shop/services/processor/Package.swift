// swift-tools-version: 6.2
import PackageDescription

func of(_ package: String, _ products: String...) -> [Target.Dependency] { products.map { .product(name: $0, package: package) } }

let package = Package(
    name: "processor",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "ProcessorAPI", targets: ["ProcessorAPI"]), .library(name: "Processor", targets: ["Processor"]),
        .executable(name: "processor", targets: ["ProcessorMain"]),
    ],
    dependencies: [.package(name: "roost", path: "../../.."), .package(path: "../../common")],
    targets: [
        .target(name: "ProcessorAPI", dependencies: of("roost", "Roost") + of("common", "Money")),
        .target(
            name: "Processor",
            dependencies: ["ProcessorAPI"] + of("roost", "RoostSystem", "RoostAuth", "RoostWork")
                + of("common", "ShopCommon"),
            resources: [.copy("migrations")]),
        .executableTarget(
            name: "ProcessorMain", dependencies: ["Processor"] + of("roost", "RoostSystem") + of("common", "ShopDrivers", "ShopLogging")),
    ],
    swiftLanguageModes: [.v6]
)
