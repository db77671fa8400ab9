// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "benchmarks",
    platforms: [.macOS(.v26)],
    dependencies: [
        .package(name: "roost", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    ],
    targets: [
        .executableTarget(
            name: "bench-server",
            dependencies: [
                .product(name: "Roost", package: "roost"),
                .product(name: "RoostHTTP", package: "roost"),
                .product(name: "RoostGRPC", package: "roost"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                // Not used: only what something depends on is built.
                .product(name: "hello", package: "roost"),
            ])
    ],
    swiftLanguageModes: [.v6]
)
