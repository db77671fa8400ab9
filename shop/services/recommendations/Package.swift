// swift-tools-version: 6.2
import PackageDescription

func of(_ package: String, _ products: String...) -> [Target.Dependency] { products.map { .product(name: $0, package: package) } }

// Only the contract: the service itself is written in Python.
let package = Package(
    name: "recommendations",
    platforms: [.macOS(.v15)],
    products: [.library(name: "RecommendationsAPI", targets: ["RecommendationsAPI"])],
    dependencies: [.package(name: "roost", path: "../../.."), .package(path: "../catalog")],
    targets: [.target(name: "RecommendationsAPI", dependencies: of("roost", "Roost") + of("catalog", "CatalogAPI"))],
    swiftLanguageModes: [.v6]
)
