public import Roost

/// Serves the documents of a system: `/openapi.json`, `/asyncapi.json`, `/protos/`, and at `/docs` the explorer that shows them.
///
/// Each is made when it is first asked for, and kept.
public struct Documents: Sendable {
    private let system: SystemDescription

    /// - Parameter system: what to describe; where outsiders read it, the system's published part.
    public init(of system: SystemDescription) { self.system = system }

    /// The documents' endpoints, but for those whose place others take.
    public func endpoints(beside others: [Endpoint]) -> [Endpoint] {
        let taken = Set(others.filter { $0.route.method == .get }.map(\.route.path))
        return endpoints.filter { !taken.contains($0.route.path) }
    }

    var endpoints: [Endpoint] {
        let system = system
        return [
            Self.endpoint("openapi", "/openapi.json") { .json(OpenAPIDocument(system).text) },
            Self.endpoint("asyncapi", "/asyncapi.json") { .json(AsyncAPIDocument(system).text) },
        ] + protos + ExplorerFile.all.map { file in Self.endpoint(file.name, file.path) { file.content } }
    }

    /// A list of the contracts' `.proto` files, and the files.
    private var protos: [Endpoint] {
        // Contracts of one name are refused where a system starts, by what is said of contracts.
        var seen: Set<String> = []
        let contracts = system.contracts.filter { seen.insert($0.name).inserted }
        let list = Self.endpoint("protos", "/protos") { .json(ProtoList(contracts).text) }
        return [list]
            + contracts.map { contract in
                let name = ProtoFile.name(of: contract)
                return Self.endpoint("protos.\(name)", PathPattern("/protos/\(name)")) { .text(ProtoFile(contract).text) }
            }
    }

    private static func endpoint(_ name: String, _ path: PathPattern, _ make: @escaping @Sendable () -> StaticContent) -> Endpoint {
        let content = ContentOnDemand(make)
        return Endpoint(Route("documents." + name, .get, path), isProcedure: false) { call in try content.value.response(to: call.request) }
    }
}

extension StaticContent {
    fileprivate static func json(_ text: String) -> StaticContent { StaticContent(Array(text.utf8), mediaType: "application/json") }

    fileprivate static func text(_ text: String) -> StaticContent {
        StaticContent(Array(text.utf8), mediaType: "text/plain; charset=utf-8")
    }
}
