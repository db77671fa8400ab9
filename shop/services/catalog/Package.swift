// swift-tools-version: 6.2
import PackageDescription

func of(_ package: String, _ products: String...) -> [Target.Dependency] { products.map { .product(name: $0, package: package) } }

let package = Package(
    name: "catalog",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "CatalogAPI", targets: ["CatalogAPI"]), .library(name: "Catalog", targets: ["Catalog"]),
        .executable(name: "catalog", targets: ["CatalogMain"]),
    ],
    dependencies: [.package(name: "roost", path: "../../..")] + ["../../common", "../accounts"].map { .package(path: $0) },
    targets: [
        .target(name: "CatalogAPI", dependencies: of("roost", "Roost") + of("common", "Money")),
        .target(
            name: "Catalog",
            dependencies: ["CatalogAPI"] + of("roost", "RoostSystem")
                + of("common", "ShopCommon") + of("accounts", "AccountsAPI"),
            resources: [.copy("migrations"), .copy("Resources")]),
        .executableTarget(
            name: "CatalogMain", dependencies: ["Catalog"] + of("roost", "RoostSystem") + of("common", "ShopDrivers", "ShopLogging")),
    ],
    swiftLanguageModes: [.v6]
)
