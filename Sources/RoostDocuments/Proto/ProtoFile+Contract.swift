import Roost

extension ProtoFile {
    /// The file of a contract.
    public init(_ contract: ContractDescription) {
        let names = ProcedureName(operation: contract.name)
        var collector = ProtoCollector(service: names.service)
        // What users named keeps its name; the methods' own messages come after.
        for route in contract.routes {
            for schema in [route.body, route.reply].compactMap({ $0 }) { collector.collect(schema) }
        }
        let methods = contract.routes.map { collector.method($0) }
        self.init(
            name: Self.name(of: contract), package: names.package, imports: collector.imports.sorted(),
            description: "Made from the contract `\(contract.name)`.", messages: collector.messages,
            enumerations: collector.enumerations,
            service: ProtoService(name: names.service, description: contract.documentation, methods: methods))
    }

    /// The name of a contract's file: `orders.proto`.
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

    /// The message of a call's arguments, as `Route` says.
    private mutating func request(of route: Route, _ method: String) -> String {
        let parameters = route.streaming.contains(.request) ? [] : route.parameters
        guard !parameters.isEmpty || route.takesRawBody else {
            return route.body.map { message(of: $0, or: method + "Request", "body") } ?? empty()
        }
        let fields = parameters.enumerated().map { index, parameter in
            JSONSchema.Field(
                parameter.name, ParameterScalar(of: parameter.schema).schema, isRequired: parameter.isRequired, number: index + 1)
        }
        // A body beside other arguments stands alone even where it is a list.
        let bodyName = parameters.contains { $0.name == "body" } ? "requestBody" : "body"
        let body = route.body.map { JSONSchema.Field(bodyName, $0, number: route.bodyNumber, isGeneric: true) }
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
    /// Whether the body is taken as it came, with its media type beside it.
    fileprivate var takesRawBody: Bool { if case .scalar("string", "binary")? = body { true } else { false } }

    /// What the function is for, and what else a caller has to send.
    fileprivate var methodDescription: String {
        guard streaming.contains(.request), !parameters.isEmpty else { return documentation }
        let fields = parameters.map { parameter in
            if case .header(let field) = parameter.location { field.lowercased() } else { "param-" + parameter.name.lowercased() }
        }
        return documentation + (documentation.isEmpty ? "" : "\n") + "Metadata: \(fields.joined(separator: ", "))."
    }
}
