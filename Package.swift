// swift-tools-version: 6.2
import CompilerPluginSupport
import PackageDescription

func of(_ package: String, _ products: String...) -> [Target.Dependency] { products.map { .product(name: $0, package: package) } }

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
        .library(name: "RoostWorkflow", targets: ["RoostWorkflow"]),
        .library(name: "RoostStore", targets: ["RoostStore"]),
        .library(name: "RoostIdempotency", targets: ["RoostIdempotency"]),
        .library(name: "RoostEvents", targets: ["RoostEvents"]),
        .library(name: "RoostSQLite", targets: ["RoostSQLite"]),
        .library(name: "RoostRedis", targets: ["RoostRedis"]),
        .library(name: "RoostRabbitMQ", targets: ["RoostRabbitMQ"]),
        .library(name: "RoostKafka", targets: ["RoostKafka"]),
        .library(name: "RoostPostgres", targets: ["RoostPostgres"]),
        .library(name: "RoostAuth", targets: ["RoostAuth"]),
        .library(name: "RoostMail", targets: ["RoostMail"]),
        .library(name: "RoostMailTemplates", targets: ["RoostMailTemplates"]),
        .library(name: "RoostGateway", targets: ["RoostGateway"]),
        .library(name: "RoostSupervisor", targets: ["RoostSupervisor"]),
        .library(name: "RoostSystem", targets: ["RoostSystem"]),
        .library(name: "RoostEventsService", targets: ["RoostEventsService"]),
        .library(name: "RoostSettings", targets: ["RoostSettings"]),
        .library(name: "RoostTesting", targets: ["RoostTesting"]),
        .library(name: "RoostEventsTesting", targets: ["RoostEventsTesting"]),
        .library(name: "RoostSystemTesting", targets: ["RoostSystemTesting"]),
        // For the tests of the shop, which is a package of its own.
        .library(name: "RoostTestTools", targets: ["TestTools"]),
        .executable(name: "kafka-mock-cluster", targets: ["kafka-mock-cluster"]),
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
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    ],
    targets: [
        // Regular expressions in bounded time: the macros read them where they are written, the schema runs them.
        .target(name: "RoostPattern"),

        // Compile time: @Schema, @Contract and the endpoint attributes.
        .macro(
            name: "RoostMacros",
            dependencies: ["RoostPattern"] + of("swift-syntax", "SwiftSyntaxMacros", "SwiftCompilerPlugin")),

        // Values that travel: schema, checks, JSON, Protocol Buffers. No I/O, and no package beside the macros'.
        .target(name: "RoostSchema", dependencies: ["RoostPattern", "RoostMacros"]),

        // The core: contract, context, problem. No I/O.
        .target(
            name: "Roost",
            dependencies: ["RoostMacros", "RoostSchema"] + of("swift-log", "Logging") + of("swift-distributed-tracing", "Tracing")
                + of("swift-metrics", "CoreMetrics") + of("swift-collections", "HeapModule")),

        // Where settings come from.
        .target(
            name: "RoostSettings",
            dependencies: ["Roost"] + of("swift-configuration", "Configuration")),

        // What a contract says of itself: .proto files, OpenAPI, AsyncAPI, and the page that shows them. No I/O.
        .target(
            name: "RoostDocuments", dependencies: ["Roost"], resources: [.embedInCode("Explorer/Page")]),

        // The wires and the state, each usable alone.
        .systemLibrary(name: "CRoostZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(
            name: "RoostHTTP",
            dependencies: ["Roost", "RoostDocuments", "CRoostZlib"]
                + of("swift-nio", "NIOCore", "NIOPosix", "NIOTLS", "NIOHTTP1", "NIOWebSocket") + of("swift-nio-http2", "NIOHTTP2")
                + of("swift-service-lifecycle", "ServiceLifecycle", "UnixSignals")),
        .target(
            name: "RoostTLS", dependencies: ["Roost", "RoostHTTP"] + of("swift-nio-ssl", "NIOSSL")),
        .target(
            name: "RoostGRPC",
            dependencies: ["Roost", "RoostDocuments", "RoostHTTP"] + of("swift-nio", "NIOCore", "NIOPosix"),
            exclude: ["error_details", "health", "reflection"].map { "Services/Descriptors/\($0).proto" },
            resources: ["error_details", "health", "reflection"].map { .embedInCode("Services/Descriptors/\($0).binpb") }),
        .target(name: "RoostData", dependencies: ["Roost", "RoostMacros"]),
        // Makes and checks migrations; a service in production needs only RoostData's part.
        .target(name: "RoostMigrations", dependencies: ["Roost", "RoostData"]),
        .target(name: "RoostStore", dependencies: ["Roost"]),
        .target(
            name: "RoostIdempotency", dependencies: ["Roost", "RoostStore"] + of("swift-crypto", "Crypto")),
        .target(name: "RoostWork", dependencies: ["Roost", "RoostData"]),
        .target(
            name: "RoostWorkflow",
            dependencies: ["Roost", "RoostData", "RoostWork"] + of("swift-service-lifecycle", "ServiceLifecycle")),
        .target(
            name: "RoostEvents",
            dependencies: ["Roost", "RoostData", "RoostWork"] + of("swift-service-lifecycle", "ServiceLifecycle")),

        // The drivers: what opens databases, stores and buses.
        .systemLibrary(name: "CRoostSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .target(
            name: "RoostSQLite",
            dependencies: ["Roost", "RoostData", "RoostStore", "RoostEvents", "CRoostSQLite"] + of("swift-collections", "DequeModule")),

        .target(
            name: "RoostPostgres",
            dependencies: ["Roost", "RoostData"] + of("swift-nio", "NIOCore", "NIOPosix") + of("swift-nio-ssl", "NIOSSL")
                + of("swift-crypto", "Crypto", "CryptoExtras") + of("swift-collections", "DequeModule")),
        // What drivers on SwiftNIO open their connections with.
        .target(
            name: "RoostConnector",
            dependencies: ["Roost"] + of("swift-nio", "NIOCore", "NIOPosix") + of("swift-nio-ssl", "NIOSSL")),
        .target(
            name: "RoostRedis",
            dependencies: ["Roost", "RoostConnector", "RoostStore"] + of("swift-crypto", "Crypto")
                + of("swift-nio", "NIOCore", "NIOPosix", "NIOTLS")),
        .target(
            name: "RoostRabbitMQ",
            dependencies: ["Roost", "RoostConnector", "RoostEvents"] + of("swift-nio", "NIOCore", "NIOPosix", "NIOTLS")
                + of("swift-collections", "DequeModule")),

        .systemLibrary(name: "CRoostKafka", pkgConfig: "rdkafka", providers: [.apt(["librdkafka-dev"])]),
        .target(name: "RoostKafka", dependencies: ["Roost", "RoostEvents", "CRoostKafka"]),

        // What every system needs.
        .systemLibrary(name: "CRoostArgon2", pkgConfig: "libargon2", providers: [.apt(["libargon2-dev"])]),
        .systemLibrary(name: "CRoostCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .target(
            name: "RoostAuth",
            dependencies: ["Roost", "RoostStore", "CRoostArgon2"] + of("swift-crypto", "Crypto") + of("jwt-kit", "JWTKit")),
        .target(
            name: "RoostMail",
            dependencies: ["Roost", "RoostData", "RoostWork", "CRoostCurl"] + of("swift-service-lifecycle", "ServiceLifecycle")),
        .target(name: "RoostMailTemplates", dependencies: ["Roost", "RoostMail"] + of("swift-mustache", "Mustache")),

        // The edge, and the runner.
        .target(name: "RoostGateway", dependencies: ["Roost", "RoostDocuments", "RoostHTTP", "RoostGRPC"]),
        .target(
            name: "RoostSupervisor",
            dependencies: ["Roost"] + of("swift-service-lifecycle", "ServiceLifecycle") + of("swift-subprocess", "Subprocess")),
        .target(
            name: "RoostSystem",
            dependencies: [
                "Roost", "RoostSettings", "RoostDocuments", "RoostHTTP", "RoostGRPC", "RoostData", "RoostStore", "RoostIdempotency",
                "RoostEvents", "RoostGateway", "RoostMigrations", "RoostSupervisor",
            ] + of("swift-argument-parser", "ArgumentParser") + of("swift-service-lifecycle", "ServiceLifecycle", "UnixSignals")),

        // A service that offers the event bus to programs in other languages.
        .target(name: "RoostEventsService", dependencies: ["Roost", "RoostEvents", "RoostSystem"]),

        // A service in the test's process, without a socket or a database; an event bus in memory; and a whole system.
        .target(
            name: "RoostTesting",
            dependencies: ["Roost", "RoostHTTP"] + of("swift-distributed-tracing", "InMemoryTracing")),
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
            dependencies: ["RoostMacros"] + of("swift-syntax", "SwiftSyntaxMacrosGenericTestSupport")),
        .testTarget(name: "RoostSchemaTests", dependencies: ["RoostSchema", "RoostPattern"]),
        .testTarget(
            name: "RoostSettingsTests",
            dependencies: ["Roost", "RoostSettings"] + of("swift-configuration", "Configuration")),
        .testTarget(
            name: "RoostTests",
            dependencies: ["Roost", "RoostSchema", "RoostDocuments", "RoostHTTP", "RoostGRPC", "RoostTesting", "TestTools"]),
        // Runs programs: those that tests kill and stop, and those of other projects that they compare with.
        .target(
            name: "TestTools",
            dependencies: ["RoostSupervisor", "RoostTesting"] + of("swift-log", "Logging") + of("swift-nio", "NIOCore", "NIOPosix"),
            path: "Tests/TestTools", exclude: ["mail_server.py"]),
        .testTarget(
            name: "RoostHTTPTests",
            dependencies: ["RoostHTTP", "RoostTesting", "hello", "TestTools"] + of("swift-nio", "NIOEmbedded", "NIOHTTP1"),
            exclude: ["WebSocket/python_peer.py"]),
        .testTarget(
            name: "RoostDocumentsTests", dependencies: ["RoostDocuments", "RoostHTTP", "RoostTesting", "TestTools"],
            exclude: ["Proto/python_peer.py", "Data"]),
        .testTarget(name: "RoostTLSTests", dependencies: ["RoostTLS", "RoostTesting", "TestTools"]),
        .testTarget(name: "RoostGRPCTests", dependencies: ["RoostGRPC", "RoostTesting", "TestTools"], exclude: ["Python"]),
        .testTarget(
            name: "RoostRedisTests",
            dependencies: ["RoostRedis", "RoostStore", "RoostSystemTesting", "TestTools"] + of("swift-nio", "NIOCore", "NIOPosix")),
        .testTarget(
            name: "RoostRabbitMQTests",
            dependencies: [
                "RoostData", "RoostEvents", "RoostRabbitMQ", "RoostSQLite", "RoostSystemTesting", "RoostTesting", "RoostWork", "TestTools",
            ]
                + of("swift-nio", "NIOCore", "NIOPosix", "NIOEmbedded"), exclude: ["Server/python_peer.py"]),
        // librdkafka's mock cluster in a process of its own, and members of groups in others, which the tests of RoostKafka kill and stop.
        .executableTarget(name: "kafka-mock-cluster", dependencies: ["CRoostKafka"], path: "Tests/KafkaMockCluster"),
        .executableTarget(name: "kafka-member-helper", dependencies: ["RoostEvents", "RoostKafka"], path: "Tests/KafkaMemberHelper"),
        .testTarget(
            name: "RoostKafkaTests",
            dependencies: [
                "CRoostKafka", "Roost", "RoostData", "RoostEvents", "RoostEventsTesting", "RoostKafka", "RoostSQLite", "RoostSystemTesting",
                "RoostTesting", "TestTools",
                "kafka-member-helper", "kafka-mock-cluster",
            ], exclude: ["Python"]),
        // SQLite on a disk that remembers what was written when, to cut its power.
        .target(name: "CPowerCut", dependencies: ["CRoostSQLite"], path: "Tests/CPowerCut"),
        .target(name: "PowerCuts", dependencies: ["CPowerCut"], path: "Tests/PowerCuts"),
        // Processes that the tests of RoostData run beside each other.
        .executableTarget(name: "data-stress-helper", dependencies: ["Roost", "RoostData", "RoostSQLite"], path: "Tests/DataStressHelper"),
        .testTarget(
            name: "RoostDataTests",
            dependencies: [
                "PowerCuts", "Roost", "RoostData", "RoostSQLite", "RoostSystemTesting", "RoostTesting", "data-stress-helper", "TestTools",
            ]),
        .testTarget(
            name: "RoostPostgresTests",
            dependencies: ["Roost", "RoostData", "RoostPostgres", "RoostSystemTesting", "RoostTesting", "TestTools"]
                + of("swift-nio", "NIOCore", "NIOPosix", "NIOEmbedded")),
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
                "PowerCuts", "Roost", "RoostData", "RoostPostgres", "RoostSQLite", "RoostTesting", "RoostWork", "TestTools",
                "work-crash-helper",
            ]),
        // Workers that the tests of RoostWorkflow kill and stop.
        .executableTarget(
            name: "workflow-crash-helper", dependencies: ["Roost", "RoostData", "RoostPostgres", "RoostSQLite", "RoostWorkflow"],
            path: "Tests/WorkflowCrashHelper"),
        .testTarget(
            name: "RoostWorkflowTests",
            dependencies: [
                "PowerCuts", "Roost", "RoostData", "RoostPostgres", "RoostSQLite", "RoostTesting", "RoostWork", "RoostWorkflow",
                "TestTools",
                "workflow-crash-helper",
            ]),
        // Processes that the tests of RoostEvents kill.
        .executableTarget(name: "events-crash-helper", dependencies: ["RoostEvents", "RoostSQLite"], path: "Tests/EventsCrashHelper"),
        .testTarget(
            name: "RoostEventsTests",
            dependencies: [
                "PowerCuts", "RoostData", "RoostEvents", "RoostSQLite", "RoostSystemTesting", "RoostTesting", "RoostWork", "TestTools",
                "events-crash-helper",
            ]),
        .testTarget(
            name: "RoostAuthTests",
            dependencies: ["Roost", "RoostStore", "RoostSQLite", "RoostAuth", "RoostTesting"] + of("swift-crypto", "Crypto")),
        .testTarget(
            name: "RoostMailTests",
            dependencies: ["Roost", "RoostData", "RoostSQLite", "RoostMail", "RoostTesting", "TestTools"]
                + of("swift-nio", "NIOCore", "NIOPosix")),
        .testTarget(name: "RoostMailTemplatesTests", dependencies: ["Roost", "RoostMail", "RoostMailTemplates", "RoostTesting"]),
        .testTarget(
            name: "RoostGatewayTests",
            dependencies: ["RoostDocuments", "RoostGateway", "RoostGRPC", "RoostHTTP", "RoostTesting", "TestTools"]),
        .testTarget(
            name: "RoostSupervisorTests",
            dependencies: ["Roost", "RoostSupervisor", "RoostSystemTesting", "RoostTesting"]
                + of("swift-service-lifecycle", "ServiceLifecycle")),
        .testTarget(
            name: "RoostSystemTests",
            dependencies: ["RoostIdempotency", "RoostSQLite", "RoostSupervisor", "RoostSystem", "RoostSystemTesting", "TestTools"]
                + of("swift-metrics", "MetricsTestKit") + of("swift-service-lifecycle", "ServiceLifecycle")),
        .testTarget(
            name: "RoostEventsServiceTests",
            dependencies: [
                "Roost", "RoostEvents", "RoostEventsService", "RoostEventsTesting", "RoostGateway", "RoostHTTP", "RoostSQLite",
                "RoostSystem",
                "RoostSystemTesting", "RoostTesting",
            ]),
        .testTarget(name: "RoostTestingTests", dependencies: ["Roost", "RoostHTTP", "RoostTesting", "hello"]),
        .testTarget(
            name: "RoostEventsTestingTests",
            dependencies: ["Roost", "RoostData", "RoostEvents", "RoostEventsTesting", "RoostSystem", "RoostSystemTesting"]),
    ],
    swiftLanguageModes: [.v6]
)

#if os(Linux)
// Simulates engines on virtual time, in an order that a seed decides. No test may link it: it replaces parts of the C library.
package.targets += [
    .target(name: "CSimulation", path: "Tests/CSimulation"),
    .target(name: "Simulation", dependencies: ["CSimulation", "Roost", "RoostData", "RoostSQLite"], path: "Tests/Simulation"),
    .executableTarget(
        name: "simulation-helper",
        dependencies: ["Roost", "RoostData", "RoostEvents", "RoostSQLite", "RoostWork", "RoostWorkflow", "Simulation"],
        path: "Tests/SimulationHelper"),
]
#endif

// SwiftPM links all tests of a package into one program. If that includes tests of macros, it builds all tests, and everything that they test, once
// more for the host, as it does the macros themselves. So the tests of the macros are a program of their own: `ROOST_TESTS=macros swift test`.
let testsMacros = Context.environment["ROOST_TESTS"] == "macros"
package.targets.removeAll { $0.type == .test && ($0.name == "RoostMacrosTests") != testsMacros }
