// swift-tools-version: 6.2
import PackageDescription

/// The services, each a package of its own; here they are built together, once.
let services = ["Accounts", "Catalog", "Carts", "Processor", "Payments", "Orders", "Notifications"]

let package = Package(
    name: "shop",
    platforms: [.macOS(.v26)],
    products: [.executable(name: "shop", targets: ["shop"])],
    dependencies: [.package(name: "roost", path: "..")]
        + services.map { .package(path: "services/\($0.lowercased())") },
    targets: [
        .executableTarget(
            name: "shop",
            dependencies: [
                .product(name: "RoostGateway", package: "roost"),
                .product(name: "RoostSystem", package: "roost"),
            ] + services.map { .product(name: $0, package: $0.lowercased()) })
    ],
    swiftLanguageModes: [.v6]
)
