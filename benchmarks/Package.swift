// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "roost", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .executableTarget(
            name: "bench-server",
            dependencies: [
                .product(name: "Roost", package: "roost"),
                .product(name: "RoostHTTP", package: "roost"),
                .product(name: "RoostGRPC", package: "roost"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                // Not used: only what something depends on is built.
                .product(name: "hello", package: "roost"),
            ]),
        .executableTarget(
            name: "bench-data",
            dependencies: [
                "Measuring",
                .product(name: "Roost", package: "roost"),
                .product(name: "RoostHTTP", package: "roost"),
                .product(name: "RoostData", package: "roost"),
                .product(name: "RoostStore", package: "roost"),
                .product(name: "RoostSQLite", package: "roost"),
                .product(name: "RoostRedis", package: "roost"),
                .product(name: "RoostPostgres", package: "roost"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        .executableTarget(
            name: "bench-durable",
            dependencies: [
                "Measuring",
                .product(name: "Roost", package: "roost"),
                .product(name: "RoostData", package: "roost"),
                .product(name: "RoostEvents", package: "roost"),
                .product(name: "RoostSQLite", package: "roost"),
                .product(name: "RoostRabbitMQ", package: "roost"),
                .product(name: "RoostKafka", package: "roost"),
                .product(name: "RoostPostgres", package: "roost"),
                .product(name: "RoostWorkflow", package: "roost"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        // What the programs that measure themselves share.
        .target(
            name: "Measuring",
            dependencies: [.product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio")]),
    ],
    swiftLanguageModes: [.v6]
)
