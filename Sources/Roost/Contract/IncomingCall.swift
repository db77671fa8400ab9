/// A call on its way to the function that answers it: takes the function's arguments from the request and notes every fault.
public struct IncomingCall: Sendable {
    public let request: Request
    public let route: Route
    private var faults: [Fault] = []
    private var isMissing = false

    public init(_ request: Request, route: Route) {
        self.request = request
        self.route = route
    }

    /// A path parameter. One that does not parse names nothing that exists: the refusal is a 404.
    public mutating func path<Value: ParameterValue>(_ name: String, as type: Value.Type = Value.self) -> Value? {
        let value = request.parameter(name).flatMap(Value.init(parameter:))
        if value == nil { isMissing = true }
        return value
    }

    /// A query parameter.
    public mutating func query<Value: ParameterValue>(_ name: String, as type: Value.Type = Value.self) -> Value? {
        parse(request.queryParameter(name), name)
    }

    /// A query parameter that may be left out.
    public mutating func query<Value: ParameterValue>(_ name: String, as type: Value?.Type = Value?.self) -> Value?? {
        parseOptional(request.queryParameter(name), name)
    }

    /// A header field.
    public mutating func header<Value: ParameterValue>(_ name: String, as type: Value.Type = Value.self) -> Value? {
        parse(request.headers[name], name)
    }

    /// A header field that may be left out.
    public mutating func header<Value: ParameterValue>(_ name: String, as type: Value?.Type = Value?.self) -> Value?? {
        parseOptional(request.headers[name], name)
    }

    /// The body, decoded from JSON and validated.
    /// - Throws: a `Problem`: 400 where it is not JSON, 413 where it is too large, 415 where it is of another type.
    public mutating func body<Value: Schema>(as type: Value.Type = Value.self) async throws -> Value? {
        try requireJSON()
        let bytes = try await request.body.collect(upTo: route.bodyLimit)
        do {
            return try JSON.decode(Value.self, from: bytes)
        } catch {
            guard case .invalid(let found) = error else { throw error.problem }
            faults += found
            return nil
        }
    }

    /// The body as it came.
    /// - Throws: a `Problem` with status 413 where it is too large.
    public mutating func body(as type: RawBody.Type = RawBody.self) async throws -> RawBody? {
        RawBody(
            bytes: try await request.body.collect(upTo: route.bodyLimit),
            contentType: request.headers["content-type"] ?? "application/octet-stream")
    }

    /// Why the arguments could not be had.
    public var refusal: Problem {
        isMissing ? Problem(.notFound, "Nothing is at \(request.path).") : .invalid(faults)
    }

    private mutating func parse<Value: ParameterValue>(_ text: String?, _ name: String) -> Value? {
        guard let text else {
            faults.append(Fault(pointer: "/" + name, rule: "required", message: "is required"))
            return nil
        }
        if let value = Value(parameter: text) { return value }
        faults.append(Value.fault(pointer: "/" + name))
        return nil
    }

    private mutating func parseOptional<Value: ParameterValue>(_ text: String?, _ name: String) -> Value?? {
        guard let text else { return .some(nil) }
        let value: Value? = parse(text, name)
        return value.map { .some($0) }
    }

    private func requireJSON() throws(Problem) {
        guard let type = request.headers["content-type"] else {
            if request.body.length == 0 { return }
            throw Problem(.unsupportedMediaType, "Send the body as application/json.")
        }
        if type == "application/json" { return }
        let essence = type.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        guard essence == "application/json" || essence.hasSuffix("+json") else {
            throw Problem(.unsupportedMediaType, "Send the body as application/json, not as \(essence).")
        }
    }
}

/// A body taken as it came, for what needs its very bytes, such as a signature.
public struct RawBody: Sendable, Hashable {
    public let bytes: [UInt8]
    public let contentType: String

    public init(bytes: [UInt8], contentType: String) {
        self.bytes = bytes
        self.contentType = contentType
    }
}
