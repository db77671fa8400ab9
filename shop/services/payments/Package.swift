// swift-tools-version: 6.2
import PackageDescription

func of(_ package: String, _ products: String...) -> [Target.Dependency] { products.map { .product(name: $0, package: package) } }

let package = Package(
    name: "payments",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "PaymentsAPI", targets: ["PaymentsAPI"]), .library(name: "Payments", targets: ["Payments"]),
        .executable(name: "payments", targets: ["PaymentsMain"]),
    ],
    dependencies: [.package(name: "roost", path: "../../..")] + ["../../common", "../accounts", "../processor"].map { .package(path: $0) },
    targets: [
        .target(name: "PaymentsAPI", dependencies: of("roost", "Roost") + of("common", "Money")),
        .target(
            name: "Payments",
            dependencies: ["PaymentsAPI"] + of("roost", "RoostSystem", "RoostAuth", "RoostStore")
                + of("common", "ShopCommon") + of("accounts", "AccountsAPI") + of("processor", "ProcessorAPI"),
            resources: [.copy("migrations")]),
        .executableTarget(
            name: "PaymentsMain", dependencies: ["Payments"] + of("roost", "RoostSystem") + of("common", "ShopDrivers", "ShopLogging")),
    ],
    swiftLanguageModes: [.v6]
)
