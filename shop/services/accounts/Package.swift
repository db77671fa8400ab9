// swift-tools-version: 6.2
import PackageDescription

func of(_ package: String, _ products: String...) -> [Target.Dependency] { products.map { .product(name: $0, package: package) } }

let package = Package(
    name: "accounts",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "AccountsAPI", targets: ["AccountsAPI"]), .library(name: "Accounts", targets: ["Accounts"]),
        .library(name: "AccountsTesting", targets: ["AccountsTesting"]),
        .executable(name: "accounts", targets: ["AccountsMain"]),
    ],
    dependencies: [
        .package(name: "roost", path: "../../.."), .package(path: "../../common"), .package(path: "../carts"),
    ],
    targets: [
        .target(name: "AccountsAPI", dependencies: of("roost", "Roost", "RoostAuth") + of("common", "Guests")),
        .target(
            name: "Accounts",
            dependencies: ["AccountsAPI"] + of("roost", "RoostSystem", "RoostAuth") + of("common", "ShopCommon", "Guests")
                + of("carts", "CartsAPI"),
            resources: [.copy("migrations")]),
        // What the tests of other services have in its place.
        .target(
            name: "AccountsTesting", dependencies: ["AccountsAPI"] + of("roost", "RoostSystem", "RoostAuth") + of("common", "ShopCommon")),
        .executableTarget(
            name: "AccountsMain", dependencies: ["Accounts"] + of("roost", "RoostSystem") + of("common", "ShopDrivers", "ShopLogging")),
    ],
    swiftLanguageModes: [.v6]
)
