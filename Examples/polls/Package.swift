// swift-tools-version: 6.2
import PackageDescription

func roost(_ products: String...) -> [Target.Dependency] { products.map { .product(name: $0, package: "roost") } }

let package = Package(
    name: "polls", platforms: [.macOS(.v15)],
    dependencies: [.package(name: "roost", path: "../..")],
    targets: [
        .executableTarget(name: "polls", dependencies: roost("RoostSystem", "RoostSQLite"), resources: [.copy("migrations")]),
        .testTarget(name: "PollsTests", dependencies: ["polls"] + roost("RoostSystemTesting")),
    ]
)
