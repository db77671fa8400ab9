// swift-tools-version: 6.2
import PackageDescription

/// The services, each a package of its own; here they are built together, once, and all their tests run in one go.
let services = ["Accounts", "Catalog", "Carts", "Processor", "Payments", "Orders", "Notifications"]

/// The products of the services.
let contracts = services.map { Target.Dependency.product(name: "\($0)API", package: $0.lowercased()) }
let implementations = services.map { Target.Dependency.product(name: $0, package: $0.lowercased()) }

/// What the tests are written with.
let testing: [Target.Dependency] = [
    .product(name: "RoostSystemTesting", package: "roost"),
    .product(name: "RoostTestTools", package: "roost"),
    .product(name: "kafka-mock-cluster", package: "roost"),
    .product(name: "RoostAuth", package: "roost"),
    .product(name: "RoostData", package: "roost"),
    .product(name: "RoostStore", package: "roost"),
    .product(name: "RoostSQLite", package: "roost"),
    .product(name: "RoostRedis", package: "roost"),
    .product(name: "RoostEvents", package: "roost"),
    .product(name: "RoostWork", package: "roost"),
    .product(name: "RoostGRPC", package: "roost"),
    .product(name: "RoostGateway", package: "roost"),
    .product(name: "RoostEventsService", package: "roost"),
    .product(name: "RecommendationsAPI", package: "recommendations"),
    .product(name: "AccountsTesting", package: "accounts"),
    .product(name: "CartsTesting", package: "carts"),
    .product(name: "Guests", package: "common"),
    .product(name: "Money", package: "common"),
    .product(name: "ShopCommon", package: "common"),
]

let package = Package(
    name: "shop",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "shop", targets: ["shop"])],
    dependencies: [.package(name: "roost", path: ".."), .package(path: "common")]
        + (services + ["Recommendations"]).map { .package(path: "services/\($0.lowercased())") },
    targets: [
        .executableTarget(
            name: "shop",
            dependencies: [
                .product(name: "RoostGateway", package: "roost"),
                .product(name: "ShopDrivers", package: "common"),
                .product(name: "ShopLogging", package: "common"),
                .product(name: "RoostSystem", package: "roost"),
                .product(name: "RoostEventsService", package: "roost"),
                .product(name: "OrdersAPI", package: "orders"),
                .product(name: "RecommendationsAPI", package: "recommendations"),
            ] + implementations),
        .testTarget(
            name: "SystemTests", dependencies: ["shop"] + testing + contracts + implementations,
            exclude: ["documents.py", "grpc_shop.py", "recommendations.py", "watch.py", "schemathesis.toml"]),
        .testTarget(name: "MoneyTests", dependencies: testing, path: "common/Tests/MoneyTests"),
        .testTarget(
            name: "ShopLoggingTests", dependencies: [.product(name: "ShopLogging", package: "common")],
            path: "common/Tests/ShopLoggingTests"),
    ]
        + services.map { service in
            .testTarget(
                name: "\(service)Tests", dependencies: testing + contracts + implementations,
                path: "services/\(service.lowercased())/Tests/\(service)Tests")
        },
    swiftLanguageModes: [.v6]
)
