// swift-tools-version: 6.2
import PackageDescription

func roost(_ products: String...) -> [Target.Dependency] { products.map { .product(name: $0, package: "roost") } }

let package = Package(
    name: "books", platforms: [.macOS(.v15)],
    dependencies: [.package(name: "roost", path: "../..")],
    targets: [
        .executableTarget(
            name: "books", dependencies: roost("RoostSystem", "RoostSQLite", "RoostPostgres"), resources: [.copy("migrations")]),
        .testTarget(name: "BooksTests", dependencies: ["books"] + roost("RoostSQLite", "RoostSystem", "RoostSystemTesting")),
    ]
)
