public import Roost

/// Serves the documents of a system: `/openapi.json`, `/asyncapi.json`, `/protos/`, and an explorer for them at `/docs`.
///
/// Each document is generated when it is first requested, and then cached.
public struct Documents: Sendable {
    private let system: SystemDescription

    /// Creates the documents.
    /// - Parameter system: The system to describe. For public documents, pass its `published` part.
    public init(of system: SystemDescription) { self.system = system }

    /// Returns the endpoints of the documents, without those whose paths are already used.
    /// - Parameter others: The other endpoints of the server.
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

    /// The endpoints of the contracts' `.proto` files and of their list.
    private var protos: [Endpoint] {
        // A system with two contracts of the same name does not start, so this only affects descriptions made by hand.
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
