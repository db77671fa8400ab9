// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "foundation-codec",
    platforms: [.macOS(.v15)],
    targets: [.executableTarget(name: "foundation-codec")],
    swiftLanguageModes: [.v6]
)
