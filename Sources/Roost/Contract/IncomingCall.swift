/// A call on its way to the function that answers it: takes the function's arguments from the request and notes every fault.
public struct IncomingCall: Sendable {
    public let request: Request
    public let route: Route
    /// The arguments' message, where the call came in Protocol Buffers.
    private let message: ArgumentMessage?
    private var faults: [Fault] = []
    private var isMissing = false
    /// What the client sends over a WebSocket, where the function takes it.
    private(set) var inbox: LiveInbox?

    /// - Throws: a `Problem` with status 400 where the arguments' message cannot be read.
    public init(_ request: Request, route: Route) throws(Problem) {
        self.request = request
        self.route = route
        message = request.format == .protobuf ? try ArgumentMessage(request, of: route) : nil
    }

    /// A path parameter, which must be an identifier (`Check.identifier`). One that does not parse names nothing that exists: the refusal is
    /// a 404.
    public mutating func path<Value: ParameterValue>(_ name: String, as type: Value.Type = Value.self) -> Value? {
        switch text(of: name, in: .path) {
        case .absent: isMissing = true
        case .refused(let rule, let message): note(name, rule, message)
        case .text(let text):
            if let fault = route.path.fault(in: text, of: name) {
                faults.append(fault)
                return nil
            }
            if let value = Value(parameter: text) { return value }
            isMissing = true
        }
        return nil
    }

    /// A query parameter. One that is empty is there: `?limit=` is no number, and `?name=` an empty text.
    public mutating func query<Value: ParameterValue>(_ name: String, as type: Value.Type = Value.self) -> Value? {
        parse(text(of: name, in: .query), name)
    }

    /// A query parameter that may be left out.
    public mutating func query<Value: ParameterValue>(_ name: String, as type: Value?.Type = Value?.self) -> Value?? {
        parseOptional(text(of: name, in: .query), name)
    }

    /// A header field. The values of several lines are one, with commas between (RFC 9110 §5.2).
    public mutating func header<Value: ParameterValue>(_ name: String, as type: Value.Type = Value.self) -> Value? {
        parse(text(of: name, in: .header(name)), name)
    }

    /// A header field that may be left out.
    public mutating func header<Value: ParameterValue>(_ name: String, as type: Value?.Type = Value?.self) -> Value?? {
        parseOptional(text(of: name, in: .header(name)), name)
    }

    /// A parameter as text, from wherever the wire carries it.
    private func text(of name: String, in location: Route.Location) -> ParameterText {
        if let message { return message.text(of: name, in: location, route, request.headers) }
        switch location {
        case .path: return request.parameter(name).map { .text($0) } ?? .absent
        case .query: return request.queryText(name)
        case .header(let field): return request.headers.combined(field).map(ParameterText.init) ?? .absent
        }
    }

    /// The body, decoded and validated.
    /// - Throws: a `Problem`: 400 where it is not of its format, 413 where it is too large, 415 where it is of another type.
    public mutating func body<Value: Schema>(as type: Value.Type = Value.self) async throws -> Value? {
        let isMessage = request.format == .protobuf
        if !isMessage {
            try requireJSON()
            try request.requirePlainBody()
        }
        let bytes = try await request.body.collect(upTo: route.bodyLimit)
        do {
            return isMessage ? try route.body(from: bytes) : try JSON.decode(Value.self, from: bytes)
        } catch {
            guard case .invalid(let found) = error else { throw error.problem }
            faults += found
            return nil
        }
    }

    /// The body as it came.
    /// - Throws: a `Problem` with status 413 where it is too large.
    public mutating func body(as type: RawBody.Type = RawBody.self) async throws -> RawBody? {
        if request.format == .json { try request.requirePlainBody() }
        let bytes = try await request.body.collect(upTo: route.bodyLimit)
        if request.format == .protobuf { return try route.rawBody(from: bytes) }
        return RawBody(bytes: bytes, contentType: request.headers["content-type"] ?? RawBody.unknownType)
    }

    /// Why the arguments could not be had.
    public var refusal: Problem {
        isMissing ? Problem(.notFound, "Nothing is at \(request.path).") : .invalid(faults)
    }

    /// What the client will send over the WebSocket that it asks for.
    mutating func openInbox() -> LiveInbox {
        let inbox = LiveInbox(limit: route.bodyLimit)
        self.inbox = inbox
        return inbox
    }

    private mutating func parse<Value: ParameterValue>(_ found: ParameterText, _ name: String) -> Value? {
        switch found {
        case .absent: note(name, "required", "is required")
        case .refused(let rule, let message): note(name, rule, message)
        case .text(let text):
            if let value = Value(parameter: text) { return value }
            faults.append(Value.fault(pointer: "/" + name))
        }
        return nil
    }

    private mutating func parseOptional<Value: ParameterValue>(_ found: ParameterText, _ name: String) -> Value?? {
        if case .absent = found { return .some(nil) }
        let value: Value? = parse(found, name)
        return value.map { .some($0) }
    }

    private mutating func note(_ parameter: String, _ rule: String, _ message: String) {
        faults.append(Fault(pointer: "/" + parameter, rule: rule, message: message))
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
