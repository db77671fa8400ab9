import Roost
import RoostDocuments

/// The descriptors of contracts' files, by the names of what is in them.
struct DescriptorCatalog: Sendable {
    /// The services' full names.
    let services: [String]
    private let files: [ProtoFile]

    init(_ contracts: [ContractDescription]) {
        files = contracts.map { ProtoFile($0) } + [.empty, .timestamp]
        services =
            (contracts.map { ProcedureName(operation: $0.name).fullName }
            + ["grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection"]).sorted()
    }

    /// The file's descriptor and those of what it imports; none where it is not known.
    func file(named name: String) -> [[UInt8]] { files.first { $0.name == name }.map(withImports) ?? [] }

    /// The file in which a service, a method, a message or an enumeration is.
    func file(with symbol: String) -> [[UInt8]] {
        files.first { file in
            guard symbol.hasPrefix(file.package + ".") else { return false }
            let name = symbol.dropFirst(file.package.count + 1)
            let first = name.prefix { $0 != "." }
            return file.service?.name == String(first) || file.messages.contains { $0.name == first }
                || file.enumerations.contains { $0.name == first }
        }.map(withImports) ?? []
    }

    private func withImports(_ file: ProtoFile) -> [[UInt8]] {
        [file.descriptor] + file.imports.flatMap { name in files.first { $0.name == name }.map { [$0.descriptor] } ?? [] }
    }
}
