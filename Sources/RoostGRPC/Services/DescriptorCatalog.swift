import Roost
import RoostDocuments

/// The descriptors of the served files, by the names of their contents.
struct DescriptorCatalog: Sendable {
    /// The full names of the services.
    let services: [String]
    private let files: [DescriptorFile]

    init(_ contracts: [ContractDescription]) {
        // Roost generated all of them, so each can be read.
        let own = [PackageResources.health_binpb, PackageResources.reflection_binpb, PackageResources.error_details_binpb]
        let wellKnown = [ProtoFile.empty, .timestamp, .duration, .structure].map(\.descriptor)
        files = (contracts.map { ProtoFile($0).descriptor } + own + wellKnown).compactMap { try? DescriptorFile($0) }
        services = files.flatMap(\.services).sorted()
    }

    /// Returns the descriptors of a file and its imports; none if it is unknown.
    func file(named name: String) -> [[UInt8]] { files.first { $0.name == name }.map(withImports) ?? [] }

    /// Returns the file that declares a service, a method, a message or an enumeration.
    func file(with symbol: String) -> [[UInt8]] { files.first { $0.has(symbol) }.map(withImports) ?? [] }

    private func withImports(_ file: DescriptorFile) -> [[UInt8]] {
        [file.bytes] + file.imports.flatMap { name in files.first { $0.name == name }.map { [$0.bytes] } ?? [] }
    }
}

/// A file as `google.protobuf.FileDescriptorProto` (descriptor.proto), and the names in it.
struct DescriptorFile: Sendable {
    let bytes: [UInt8]
    private(set) var name = ""
    private(set) var imports: [String] = []
    private var package = ""
    private var types: Set<String> = []
    private var serviceNames: [String] = []

    init(_ bytes: [UInt8]) throws(DecodingFailure) {
        self.bytes = bytes
        for field in try Protobuf.fields(of: bytes) {
            switch field.number {
            case 1: name = field.text ?? ""
            case 2: package = field.text ?? ""
            case 3: imports.append(field.text ?? "")
            case 4, 5: types.insert(try Self.name(in: field))
            case 6: serviceNames.append(try Self.name(in: field))
            default: break
            }
        }
    }

    /// The full names of the services.
    var services: [String] { serviceNames.map { "\(package).\($0)" } }

    /// Returns whether the file declares a service, a message or an enumeration, or a part of one.
    func has(_ symbol: String) -> Bool {
        guard symbol.hasPrefix(package + ".") else { return false }
        let first = String(symbol.dropFirst(package.count + 1).prefix { $0 != "." })
        return types.contains(first) || serviceNames.contains(first)
    }

    private static func name(in declaration: ProtobufField) throws(DecodingFailure) -> String {
        try Protobuf.fields(of: declaration.bytes).first { $0.number == 1 }?.text ?? ""
    }
}
