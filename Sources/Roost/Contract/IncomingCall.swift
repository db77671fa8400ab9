/// A call on its way to the function that answers it: takes the function's arguments from the request and notes every fault.
public struct IncomingCall: Sendable {
    public let request: Request
    public let route: Route
    private let codec: any CallCodec
    /// What the codec keeps from one argument to the next.
    public var state: (any Sendable)?
    private var faults: [Fault] = []
    private var isMissing = false

    /// - Throws: a `Problem` with status 400 where the request cannot be read, and 500 where it does not say by which codec.
    public init(_ request: Request, route: Route) throws(Problem) {
        guard let codec = request.codec else { throw Problem(.internalError, "The request came by no wire.") }
        self.request = request
        self.route = route
        self.codec = codec
        state = try codec.state(of: request, for: route)
    }

    /// A path parameter, which must be an identifier (`Check.identifier`). One that does not parse names nothing that exists: the refusal is
    /// a 404.
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

    /// A query parameter. One that is empty is there: `?limit=` is no number, and `?name=` an empty text.
    public mutating func query<Value: ParameterValue>(_ name: String, as type: Value.Type = Value.self) -> Value? {
        parse(codec.parameter(name, in: .query, of: self), name)
    }

    /// A query parameter that may be left out.
    public mutating func query<Value: ParameterValue>(_ name: String, as type: Value?.Type = Value?.self) -> Value?? {
        parseOptional(codec.parameter(name, in: .query, of: self), name)
    }

    /// A header field. The values of several lines are one, with commas between (RFC 9110 §5.2).
    public mutating func header<Value: ParameterValue>(_ name: String, as type: Value.Type = Value.self) -> Value? {
        parse(codec.parameter(name, in: .header(name), of: self), name)
    }

    /// A header field that may be left out.
    public mutating func header<Value: ParameterValue>(_ name: String, as type: Value?.Type = Value?.self) -> Value?? {
        parseOptional(codec.parameter(name, in: .header(name), of: self), name)
    }

    /// The body, decoded and validated.
    /// - Throws: a `Problem`: 400 where it is not of its format, 413 where it is too large, 415 where it is of another type.
    public mutating func body<Value: Schema>(as type: Value.Type = Value.self) async throws -> Value? {
        do {
            return try await codec.body(of: self, as: Value.self)
        } catch let failure as DecodingFailure {
            guard case .invalid(let found) = failure else { throw failure.problem }
            faults += found
            return nil
        }
    }

    /// The body as it came.
    /// - Throws: a `Problem` with status 413 where it is too large.
    public mutating func body(as type: RawBody.Type = RawBody.self) async throws -> RawBody? {
        try await codec.rawBody(of: self)
    }

    /// A body of values as they come.
    /// - Returns: a stream that throws a `Problem` where a value cannot be read.
    /// - Throws: a `Problem` with status 415 where the body is of another type.
    public mutating func body<Element: Schema>(
        as type: MessageStream<Element>.Type = MessageStream<Element>.self
    ) async throws -> MessageStream<Element>? {
        // Where the reply is a stream too, that one's end is the call's.
        let validity = route.streaming.contains(.reply) ? nil : RequestContext.current.validity
        let codec = codec
        return try codec.stream(of: &self, as: Element.self).ending(with: validity)
    }

    /// Why the arguments could not be had.
    public var refusal: Problem {
        isMissing ? Problem(.notFound, "Nothing is at \(request.path).") : .invalid(faults)
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
}

/// What a handler's result is as a response.
extension IncomingCall {
    /// A reply of one value, with the route's status.
    /// - Parameter location: the `Location` field, where the route has one.
    public func reply(_ value: some Schema, location: String? = nil) -> Response { codec.response(value, to: self, location: location) }

    /// A reply that is text, as it stands.
    public func reply(_ text: String, location: String? = nil) -> Response { codec.response(.text(text), to: self) }

    /// A reply that the handler made itself.
    public func reply(_ response: Response, location: String? = nil) -> Response { codec.response(.made(response), to: self) }

    /// No content: 204, unless the route has a status of its own.
    public func reply(_ nothing: Void, location: String? = nil) -> Response { codec.response(.nothing, to: self) }

    /// A reply of values as they come. They are made as part of this call, even after its function has returned,
    /// and end when what its caller showed of itself is no longer good.
    public func reply<Element: Schema>(_ stream: MessageStream<Element>, location: String? = nil) -> Response {
        let context = RequestContext.current
        return codec.response(stream.within(context).ending(with: context.validity), to: self)
    }
}
