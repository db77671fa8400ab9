// swift-tools-version: 6.2
import CompilerPluginSupport
import PackageDescription

let package = Package(
    name: "roost",
    platforms: [.macOS(.v15), .iOS(.v18)],
    products: [
        .library(name: "RoostSchema", targets: ["RoostSchema"]),
        .library(name: "Roost", targets: ["Roost"]),
        .library(name: "RoostDocuments", targets: ["RoostDocuments"]),
        .library(name: "RoostHTTP", targets: ["RoostHTTP"]),
        .library(name: "RoostTLS", targets: ["RoostTLS"]),
        .library(name: "RoostGRPC", targets: ["RoostGRPC"]),
        .library(name: "RoostData", targets: ["RoostData"]),
        .library(name: "RoostMigrations", targets: ["RoostMigrations"]),
        .library(name: "RoostWork", targets: ["RoostWork"]),
        .library(name: "RoostStore", targets: ["RoostStore"]),
        .library(name: "RoostIdempotency", targets: ["RoostIdempotency"]),
        .library(name: "RoostEvents", targets: ["RoostEvents"]),
        .library(name: "RoostSQLite", targets: ["RoostSQLite"]),
        .library(name: "RoostRedis", targets: ["RoostRedis"]),
        .library(name: "RoostPostgres", targets: ["RoostPostgres"]),
        .library(name: "RoostAuth", targets: ["RoostAuth"]),
        .library(name: "RoostMail", targets: ["RoostMail"]),
        .library(name: "RoostGateway", targets: ["RoostGateway"]),
        .library(name: "RoostSupervisor", targets: ["RoostSupervisor"]),
        .library(name: "RoostSystem", targets: ["RoostSystem"]),
        .library(name: "RoostSettings", targets: ["RoostSettings"]),
        .library(name: "RoostTesting", targets: ["RoostTesting"]),
        .library(name: "RoostEventsTesting", targets: ["RoostEventsTesting"]),
        .library(name: "RoostSystemTesting", targets: ["RoostSystemTesting"]),
        // For the tests of the shop, which is a package of its own.
        .library(name: "RoostTestTools", targets: ["TestTools"]),
        .executable(name: "hello", targets: ["hello"]),
    ],
    dependencies: [
        // Two majors, so that other packages with macros can be used beside Roost.
        .package(url: "https://github.com/swiftlang/swift-syntax", "602.0.0"..<"604.0.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        // None of its traits: their file formats would bring parsers along.
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: []),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        // Without its trait, which is for Foundation's types.
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
    ],
    targets: [
        // Regular expressions in bounded time: the macros read them where they are written, the schema runs them.
        .target(name: "RoostPattern"),

        // Compile time: @Schema, @Contract and the endpoint attributes.
        .macro(
            name: "RoostMacros",
            dependencies: [
                "RoostPattern",
                .product(name: "SwiftSyntaxMacros", package: "swift-syntax"),
                .product(name: "SwiftCompilerPlugin", package: "swift-syntax"),
            ]),

        // Values that travel: schema, checks, JSON, Protocol Buffers. No I/O, and no package beside the macros'.
        .target(name: "RoostSchema", dependencies: ["RoostPattern", "RoostMacros"]),

        // The core: contract, context, problem. No I/O.
        .target(
            name: "Roost",
            dependencies: [
                "RoostMacros", "RoostSchema", .product(name: "Logging", package: "swift-log"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "HeapModule", package: "swift-collections"),
            ]),

        // Where settings come from.
        .target(
            name: "RoostSettings",
            dependencies: [
                "Roost",
                .product(name: "Configuration", package: "swift-configuration"),
            ]),

        // What a contract says of itself: .proto files, OpenAPI, AsyncAPI, and the page that shows them. No I/O.
        .target(
            name: "RoostDocuments", dependencies: ["Roost"], resources: [.embedInCode("Explorer/Page")]),

        // The wires and the state, each usable alone.
        .systemLibrary(name: "CRoostZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(
            name: "RoostHTTP",
            dependencies: [
                "Roost", "RoostDocuments", "CRoostZlib",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTP2", package: "swift-nio-http2"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]),
        .target(
            name: "RoostTLS", dependencies: ["Roost", "RoostHTTP", .product(name: "NIOSSL", package: "swift-nio-ssl")]),
        .target(
            name: "RoostGRPC",
            dependencies: [
                "Roost", "RoostDocuments", "RoostHTTP",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            exclude: ["error_details", "health", "reflection"].map { "Services/Descriptors/\($0).proto" },
            resources: ["error_details", "health", "reflection"].map { .embedInCode("Services/Descriptors/\($0).binpb") }),
        .target(name: "RoostData", dependencies: ["Roost", "RoostMacros"]),
        // Makes and checks migrations; a service in production needs only RoostData's part.
        .target(name: "RoostMigrations", dependencies: ["Roost", "RoostData"]),
        .target(name: "RoostStore", dependencies: ["Roost"]),
        .target(
            name: "RoostIdempotency", dependencies: ["Roost", "RoostStore", .product(name: "Crypto", package: "swift-crypto")]),
        .target(name: "RoostWork", dependencies: ["Roost", "RoostData"]),
        .target(
            name: "RoostEvents",
            dependencies: ["Roost", "RoostData", "RoostWork", .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")]),

        // The drivers: what opens databases, stores and buses.
        .systemLibrary(name: "CRoostSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .target(
            name: "RoostSQLite",
            dependencies: [
                "Roost", "RoostData", "RoostStore", "RoostEvents", "CRoostSQLite",
                .product(name: "DequeModule", package: "swift-collections"),
            ]),

        .target(
            name: "RoostPostgres",
            dependencies: [
                "Roost", "RoostData",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "DequeModule", package: "swift-collections"),
            ]),
        .target(
            name: "RoostRedis",
            dependencies: [
                "Roost", "RoostStore",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]),

        // What every system needs.
        .systemLibrary(name: "CRoostArgon2", pkgConfig: "libargon2", providers: [.apt(["libargon2-dev"])]),
        .systemLibrary(name: "CRoostCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .target(
            name: "RoostAuth",
            dependencies: [
                "Roost", "RoostStore", "CRoostArgon2",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "JWTKit", package: "jwt-kit"),
            ]),
        .target(
            name: "RoostMail",
            dependencies: [
                "Roost", "RoostData", "RoostWork", "CRoostCurl", .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),

        // The edge, and the runner.
        .target(name: "RoostGateway", dependencies: ["Roost", "RoostDocuments", "RoostHTTP", "RoostGRPC"]),
        .target(
            name: "RoostSupervisor",
            dependencies: [
                "Roost",
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Subprocess", package: "swift-subprocess"),
            ]),
        .target(
            name: "RoostSystem",
            dependencies: [
                "Roost", "RoostSettings", "RoostDocuments", "RoostHTTP", "RoostGRPC", "RoostData", "RoostStore", "RoostIdempotency",
                "RoostEvents", "RoostGateway", "RoostMigrations", "RoostSupervisor",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]),

        // A service in the test's process, without a socket or a database; an event bus in memory; and a whole system.
        .target(
            name: "RoostTesting",
            dependencies: ["Roost", "RoostHTTP", .product(name: "InMemoryTracing", package: "swift-distributed-tracing")]),
        .target(name: "RoostEventsTesting", dependencies: ["Roost", "RoostEvents", "RoostTesting"]),
        .target(
            name: "RoostSystemTesting",
            dependencies: [
                "Roost", "RoostHTTP", "RoostData", "RoostStore", "RoostEvents", "RoostSQLite", "RoostPostgres", "RoostSystem",
                "RoostTesting",
                "RoostEventsTesting",
            ]),

        // The ten lines of the README.
        .executableTarget(name: "hello", dependencies: ["Roost", "RoostHTTP"], path: "Examples/hello"),
        .testTarget(
            name: "RoostMacrosTests",
            dependencies: [
                "RoostMacros",
                .product(name: "SwiftSyntaxMacrosGenericTestSupport", package: "swift-syntax"),
            ]),
        .testTarget(name: "RoostSchemaTests", dependencies: ["RoostSchema", "RoostPattern"]),
        .testTarget(
            name: "RoostSettingsTests",
            dependencies: [
                "Roost", "RoostSettings", .product(name: "Configuration", package: "swift-configuration"),
            ]),
        .testTarget(
            name: "RoostTests",
            dependencies: ["Roost", "RoostSchema", "RoostDocuments", "RoostHTTP", "RoostGRPC", "RoostTesting", "TestTools"]),
        // Runs programs: those that tests kill and stop, and those of other projects that they compare with.
        .target(
            name: "TestTools",
            dependencies: [
                "RoostSupervisor", "RoostTesting", .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
            ], path: "Tests/TestTools"),
        .testTarget(
            name: "RoostHTTPTests",
            dependencies: [
                "RoostHTTP", "RoostTesting", "hello", "TestTools",
                .product(name: "NIOEmbedded", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
            ], exclude: ["WebSocket/python_peer.py"]),
        .testTarget(
            name: "RoostDocumentsTests", dependencies: ["RoostDocuments", "RoostHTTP", "RoostTesting", "TestTools"],
            exclude: ["Proto/python_peer.py", "Data"]),
        .testTarget(name: "RoostTLSTests", dependencies: ["RoostTLS", "RoostTesting", "TestTools"]),
        .testTarget(name: "RoostGRPCTests", dependencies: ["RoostGRPC", "RoostTesting", "TestTools"], exclude: ["Python"]),
        .testTarget(
            name: "RoostRedisTests",
            dependencies: [
                "RoostRedis", "RoostStore", "RoostSystemTesting", "TestTools",
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
            ]),
        // Processes that the tests of RoostData run beside each other.
        .executableTarget(name: "data-stress-helper", dependencies: ["Roost", "RoostData", "RoostSQLite"], path: "Tests/DataStressHelper"),
        .testTarget(
            name: "RoostDataTests",
            dependencies: ["RoostData", "RoostSQLite", "RoostSystemTesting", "RoostTesting", "data-stress-helper", "TestTools"]),
        .testTarget(
            name: "RoostPostgresTests",
            dependencies: [
                "Roost", "RoostData", "RoostPostgres", "RoostSystemTesting", "RoostTesting", "TestTools",
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ]),
        .testTarget(
            name: "RoostMigrationsTests",
            dependencies: ["Roost", "RoostData", "RoostMigrations", "RoostSQLite", "RoostSystemTesting", "TestTools"]),
        .testTarget(name: "RoostStoreTests", dependencies: ["RoostStore", "RoostIdempotency", "RoostSQLite", "RoostSystemTesting"]),
        // Workers that the tests of RoostWork kill and stop.
        .executableTarget(
            name: "work-crash-helper", dependencies: ["Roost", "RoostData", "RoostSQLite", "RoostWork"], path: "Tests/WorkCrashHelper"),
        .testTarget(
            name: "RoostWorkTests",
            dependencies: [
                "Roost", "RoostData", "RoostPostgres", "RoostSQLite", "RoostTesting", "RoostWork", "TestTools", "work-crash-helper",
            ]),
        // Processes that the tests of RoostEvents kill.
        .executableTarget(name: "events-crash-helper", dependencies: ["RoostEvents", "RoostSQLite"], path: "Tests/EventsCrashHelper"),
        .testTarget(
            name: "RoostEventsTests",
            dependencies: ["RoostEvents", "RoostSQLite", "RoostSystemTesting", "RoostWork", "TestTools", "events-crash-helper"]),
        .testTarget(
            name: "RoostAuthTests",
            dependencies: [
                "Roost", "RoostStore", "RoostSQLite", "RoostAuth", "RoostTesting", .product(name: "Crypto", package: "swift-crypto"),
            ]),
        .testTarget(
            name: "RoostMailTests",
            dependencies: [
                "Roost", "RoostData", "RoostSQLite", "RoostMail", "TestTools",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]),
        .testTarget(
            name: "RoostGatewayTests",
            dependencies: ["RoostDocuments", "RoostGateway", "RoostGRPC", "RoostHTTP", "RoostTesting", "TestTools"]),
        .testTarget(
            name: "RoostSupervisorTests",
            dependencies: [
                "Roost", "RoostSupervisor", "RoostSystemTesting", "RoostTesting",
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        .testTarget(
            name: "RoostSystemTests",
            dependencies: [
                "RoostIdempotency", "RoostSQLite", "RoostSupervisor", "RoostSystem", "RoostSystemTesting", "TestTools",
                .product(name: "MetricsTestKit", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        .testTarget(name: "RoostTestingTests", dependencies: ["Roost", "RoostHTTP", "RoostTesting", "hello"]),
        .testTarget(
            name: "RoostEventsTestingTests",
            dependencies: ["Roost", "RoostData", "RoostEvents", "RoostEventsTesting", "RoostSystem", "RoostSystemTesting"]),
    ],
    swiftLanguageModes: [.v6]
)
