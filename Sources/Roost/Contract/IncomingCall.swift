/// A call on its way to the function that answers it. It reads the function's arguments from the request, and records every fault.
public struct IncomingCall: Sendable {
    /// The request that carries the call.
    public let request: Request
    /// The route that is called.
    public let route: Route
    let codec: any CallCodec
    /// What the codec keeps between arguments.
    public var state: (any Sendable)?
    var faults: [Fault] = []
    private var isMissing = false

    /// Creates a call from a request.
    /// - Throws: A `Problem` with status 400 if the request cannot be read, or 500 if it has no codec.
    public init(_ request: Request, route: Route) throws(Problem) {
        guard let codec = request.codec else { throw Problem(.internalError, "The request has no codec.") }
        self.request = request
        self.route = route
        self.codec = codec
        state = try codec.state(of: request, for: route)
    }

    /// Reads a path parameter, which must be an identifier (`Check.identifier`). If it cannot be parsed, nothing with that path exists, so
    /// the call is refused with 404.
    public mutating func path<Value: ParameterValue>(_ name: String, as type: Value.Type = Value.self) -> Value? {
        switch codec.parameter(name, in: .path, of: self) {
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

    /// Reads a query parameter. An empty value counts as present: `?limit=` is not a number, and `?name=` is empty text.
    public mutating func query<Value: ParameterValue>(_ name: String, as type: Value.Type = Value.self) -> Value? {
        parse(codec.parameter(name, in: .query, of: self), name)
    }

    /// Reads an optional query parameter.
    public mutating func query<Value: ParameterValue>(_ name: String, as type: Value?.Type = Value?.self) -> Value?? {
        parseOptional(codec.parameter(name, in: .query, of: self), name)
    }

    /// Reads a header field. The values of several lines are joined with commas (RFC 9110 §5.2).
    public mutating func header<Value: ParameterValue>(_ name: String, as type: Value.Type = Value.self) -> Value? {
        parse(codec.parameter(name, in: .header(name), of: self), name)
    }

    /// Reads an optional header field.
    public mutating func header<Value: ParameterValue>(_ name: String, as type: Value?.Type = Value?.self) -> Value?? {
        parseOptional(codec.parameter(name, in: .header(name), of: self), name)
    }

    /// Reads a cookie, in every protocol from the header field `cookie`. A value that cannot be parsed is treated as missing: the person
    /// whose browser sends it cannot be expected to correct it.
    public func cookie<Value: ParameterValue>(_ name: String, as type: Value.Type = Value.self) -> Value? {
        Cookies(request.headers)[name].flatMap { Value(parameter: $0) }
    }

    /// Reads the body, decoded and validated.
    /// - Throws: A `Problem` with status 400 if the body is malformed, 413 if it is too large, or 415 if its type is not accepted.
    public mutating func body<Value: Schema>(as type: Value.Type = Value.self) async throws -> Value? {
        do {
            return try await codec.body(of: self, as: Value.self)
        } catch let failure as DecodingFailure {
            guard case .invalid(let found) = failure else { throw failure.problem }
            faults += found
            return nil
        }
    }

    /// Reads the body unchanged.
    /// - Throws: A `Problem` with status 413 if it is too large.
    public mutating func body(as type: RawBody.Type = RawBody.self) async throws -> RawBody? {
        try await codec.rawBody(of: self)
    }

    /// Reads a body that is a stream of values.
    /// - Returns: A stream that throws a `Problem` if a value cannot be read.
    /// - Throws: A `Problem` with status 415 if the body's type is not accepted.
    public mutating func body<Element: Schema>(
        as type: MessageStream<Element>.Type = MessageStream<Element>.self
    ) async throws -> MessageStream<Element>? {
        // If the reply is a stream too, the call ends with that one.
        let validity = route.streaming.contains(.reply) ? nil : RequestContext.current?.validity
        let codec = codec
        return try codec.stream(of: &self, as: Element.self).ending(with: validity)
    }

    /// The problem with which the call is refused because of its arguments.
    public var refusal: Problem {
        isMissing ? Problem(.notFound, "There is nothing at \(request.path).") : .invalid(faults)
    }

    /// Reads the value of a parameter, or of an element of a list.
    /// - Parameter name: The pointer of the value, without the first slash.
    mutating func parse<Value: ParameterValue>(_ found: ParameterText, _ name: String) -> Value? {
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
}

/// Makes a response from the result of a handler.
extension IncomingCall {
    /// Returns a response with one value and the route's status.
    /// - Parameter location: The `Location` field, if the route has one.
    public func reply(_ value: some Schema, location: String? = nil) -> Response { codec.response(value, to: self, location: location) }

    /// Returns a response with plain text.
    public func reply(_ text: String, location: String? = nil) -> Response { codec.response(.text(text), to: self) }

    /// Returns the handler's own response.
    public func reply(_ response: Response, location: String? = nil) -> Response { codec.response(.made(response), to: self) }

    /// Returns a response without content: 204, unless the route has another status.
    public func reply(_ nothing: Void, location: String? = nil) -> Response { codec.response(.nothing, to: self) }

    /// Returns a response that streams values. The values are made as part of this call, even after its function has returned, and the
    /// stream ends when the caller's credentials are no longer valid.
    public func reply<Element: Schema>(_ stream: MessageStream<Element>, location: String? = nil) -> Response {
        guard let context = RequestContext.current else { return codec.response(stream, to: self) }
        return codec.response(stream.within(context).ending(with: context.validity), to: self)
    }
}
