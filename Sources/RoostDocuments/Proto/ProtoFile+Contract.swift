import Roost

extension ProtoFile {
    /// Generates the file of a contract.
    public init(_ contract: ContractDescription) {
        let names = ProcedureName(operation: contract.name)
        var collector = ProtoCollector(service: names.service)
        // Named types are collected first and keep their names. The messages of single methods come after them.
        for route in contract.routes {
            for schema in [route.body, route.reply].compactMap({ $0 }) { collector.collect(schema) }
        }
        let methods = contract.routes.map { collector.method($0) }
        self.init(
            name: Self.name(of: contract), package: names.package, imports: collector.imports.sorted(),
            description: "Generated from the contract `\(contract.name)`.", messages: collector.messages,
            enumerations: collector.enumerations,
            service: ProtoService(name: names.service, description: contract.documentation, methods: methods))
    }

    /// Returns the name of a contract's file, such as `orders.proto`.
    static func name(of contract: ContractDescription) -> String { "\(contract.name).proto" }
}

extension ProtoCollector {
    fileprivate mutating func method(_ route: Route) -> ProtoService.Method {
        let name = ProcedureName(operation: route.operation).method
        return ProtoService.Method(
            name: name, description: route.methodDescription, request: request(of: route, name),
            reply: route.reply.map { message(of: $0, or: name + "Reply", "value") } ?? empty(),
            streamsRequest: route.streaming.contains(.request), streamsReply: route.streaming.contains(.reply))
    }

    /// Returns the message of a call's arguments, as `Route` defines it.
    private mutating func request(of route: Route, _ method: String) -> String {
        let parameters = route.streaming.contains(.request) ? [] : route.parameters
        guard !parameters.isEmpty || route.takesRawBody else {
            return route.body.map { message(of: $0, or: method + "Request", "body") } ?? empty()
        }
        let fields = parameters.enumerated().map { index, parameter in
            let scalar = ParameterScalar(of: parameter.schema).schema
            return JSONSchema.Field(
                parameter.name, parameter.isList ? .array(of: scalar) : scalar, isRequired: parameter.isRequired, number: index + 1)
        }
        // A body beside other arguments is a single field, even if it is a list.
        let bodyName = parameters.contains { $0.name == "body" } ? "requestBody" : "body"
        let body = route.body.map { JSONSchema.Field(bodyName, $0, number: route.bodyNumber, isBoxed: true) }
        let typeName = parameters.contains { $0.name == "contentType" } ? "bodyContentType" : "contentType"
        let type = route.takesRawBody ? JSONSchema.Field(typeName, .string, isRequired: false, number: route.bodyTypeNumber) : nil
        return add(method + "Request", "", fields + [body, type].compactMap(\.self))
    }
}

extension ParameterScalar {
    fileprivate var schema: JSONSchema {
        switch self {
        case .integer: .integer
        case .number: .number
        case .boolean: .boolean
        case .text: .string
        }
    }
}

extension Route {
    /// Whether the body is raw, with its media type in another field.
    fileprivate var takesRawBody: Bool { if case .scalar("string", "binary")? = body { true } else { false } }

    /// The documentation of the function, and the metadata that a caller has to send.
    fileprivate var methodDescription: String {
        let metadata = streaming.contains(.request) ? parameters : []
        let fields =
            metadata.map { parameter in
                if case .header(let field) = parameter.location { field.lowercased() } else { "param-" + parameter.name.lowercased() }
            } + (cookies.isEmpty ? [] : ["cookie (\(cookies.joined(separator: ", ")))"])
        guard !fields.isEmpty else { return documentation }
        return documentation + (documentation.isEmpty ? "" : "\n") + "Metadata: \(fields.joined(separator: ", "))."
    }
}
