import Roost

/// The routes of a system as an OpenAPI 3.1 document (https://spec.openapis.org/oas/v3.1.1.html).
///
/// The document is generated from the contracts and their documentation comments alone.
public struct OpenAPIDocument: Sendable {
    private let system: SystemDescription

    /// Creates the document.
    /// - Parameter system: The system to describe. For a public document, pass its `published` part.
    public init(_ system: SystemDescription) { self.system = system }

    /// The document as JSON.
    public var text: String { node.text }

    var node: JSONNode {
        let names = SchemaNames.of(
            [(owner: "", schemas: [system.errors.schema])] + system.contracts.map { ($0.name, $0.routes.flatMap(\.schemas)) })
        var writer = SchemaWriter(at: "#/components/schemas/")
        let error = writer.node(system.errors.schema)
        var paths = OpenAPIPaths()
        for (contract, names) in zip(system.contracts, names.dropFirst()) {
            writer.names = names
            for route in contract.routes {
                var operation = OpenAPIOperation(route, of: contract, in: system, writer)
                paths.add(operation.node, for: route)
                writer = operation.writer
            }
        }
        return [
            "openapi": "3.1.0",
            "info": ["title": .string(system.title), "version": .string(system.version), "description": .text(system.description)],
            "servers": [["url": "/"]],
            "tags": .array(system.contracts.map { ["name": .string($0.name), "description": .text($0.documentation)] }),
            "paths": paths.node,
            "components": [
                "schemas": JSONNode(sorted: writer.definitions),
                "responses": OpenAPIProblem.components(shape: system.errors, schema: error),
                "headers": OpenAPIHeader.components,
                "securitySchemes": OpenAPISecurity.components(for: system.contracts.flatMap(\.routes)),
            ],
        ]
    }
}

/// The operations of each path, in the order in which the paths were added.
private struct OpenAPIPaths {
    private var order: [String] = []
    private var operations: [String: [JSONNode.Member]] = [:]

    mutating func add(_ operation: JSONNode, for route: Route) {
        let path = route.path.openAPI
        if operations[path] == nil { order.append(path) }
        operations[path, default: []].append(JSONNode.Member(name: route.method.rawValue.lowercased(), value: operation))
    }

    var node: JSONNode { .object(order.map { JSONNode.Member(name: $0, value: .object(operations[$0, default: []])) }) }
}

extension PathPattern {
    /// The path with its placeholders in braces. OpenAPI does not distinguish placeholders that match the rest of a path.
    fileprivate var openAPI: String {
        "/"
            + segments.map { segment in
                switch segment {
                case .literal(let text): text
                case .placeholder(let name), .rest(let name): "{\(name)}"
                }
            }.joined(separator: "/")
    }
}

extension Route {
    /// All schemas that the route uses.
    fileprivate var schemas: [JSONSchema] { parameters.map(\.schema) + [body, reply].compactMap(\.self) }
}
