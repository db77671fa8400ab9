/// A call on its way from a client to its callee. It checks the arguments, and writes them to a request if the callee is not in this
/// process.
public struct OutgoingCall<API: Sendable>: Sendable {
    let route: Route
    let callee: Callee<API>
    /// The writer of the arguments; `nil` if the callee is called as a function.
    private var arguments: (any ArgumentWriter)?
    /// The codec of the call; `nil` if the callee is called as a function.
    private let codec: (any CallCodec)?
    private let key: String?
    private var cookies: [String] = []
    var faults: [Fault] = []

    /// Creates a call of a route.
    /// - Parameters:
    ///   - route: The route to call.
    ///   - callee: Where the route is served.
    public init(_ route: Route, to callee: Callee<API>) {
        self.route = route
        self.callee = callee
        key = OutgoingKey.key(for: route)
        switch callee.way {
        case .wire(let caller):
            let codec = caller.codec
            self.codec = codec
            arguments = codec.arguments(of: route)
        case .local(let local):
            codec = key == nil ? nil : local.codec
            arguments = codec?.arguments(of: route)
        }
    }

    /// Adds a path parameter. A value that is not a valid identifier, such as an empty text, would change the path, so the call is not
    /// sent.
    public mutating func path(_ name: String, _ value: some ParameterValue) {
        let text = value.parameter
        if let fault = route.path.fault(in: text, of: name) { faults.append(fault) }
        arguments?.write(text, name, in: .path)
    }

    /// Adds a query parameter, unless its value is `nil`.
    public mutating func query(_ name: String, _ value: (some ParameterValue)?) { write(name, value, in: .query) }

    /// Adds a header field, unless its value is `nil`.
    public mutating func header(_ name: String, _ value: (some ParameterValue)?) { write(name, value, in: .header(name)) }

    /// Adds a cookie to the header field `cookie`, unless its value is `nil`.
    ///
    /// This does not throw. If the value has characters that a cookie can't have, `send` throws a `Problem` with status 422, and nothing is
    /// sent.
    /// - Parameters:
    ///   - name: The name of the cookie, as the route declares it.
    ///   - value: The value, whose text must consist of visible ASCII characters, without quotes, commas, semicolons and backslashes.
    public mutating func cookie(_ name: String, _ value: (some ParameterValue)?) {
        guard let text = value?.parameter else { return }
        guard CookieSyntax.isValue(text.utf8) else {
            let message = "must be visible ASCII characters, without quotes, commas, semicolons and backslashes"
            return faults.append(Fault(pointer: "/" + name, rule: "cookie", message: message))
        }
        cookies.append("\(name)=\(text)")
    }

    private mutating func write(_ name: String, _ value: (some ParameterValue)?, in location: Route.Location) {
        if let value { write(name, value.parameter, to: name, in: location) }
    }

    /// Writes the text of a parameter, or of an element of a list.
    /// - Parameter pointer: The pointer of the value, without the first slash.
    mutating func write(_ pointer: String, _ text: String, to name: String, in location: Route.Location) {
        if arguments != nil {
            arguments?.write(text, name, in: location)
        } else if text.utf8.contains(0) {
            // Over a network, the callee refuses it.
            faults.append(Fault(pointer: "/" + pointer, rule: NullCharacter.rule, message: NullCharacter.message))
        }
    }

    /// Sets the body, which is checked here if the callee is called as a function.
    public mutating func body(_ value: some Schema) {
        if arguments != nil { arguments?.write(body: .value(value)) } else { faults += FaultCollector.faults(in: value) }
    }

    /// Sets the body to bytes that are sent as they are.
    public mutating func body(_ raw: RawBody) { arguments?.write(body: .raw(raw)) }

    /// Sets the body to a stream of values.
    /// - Returns: The stream to call the function with, whose values are made as part of the caller's own call.
    @discardableResult
    public mutating func body<Element: Schema>(_ stream: MessageStream<Element>) -> MessageStream<Element> {
        arguments?.write(body: .stream(stream.mapped { $0 as any Schema }))
        return stream.within(.currentOrNew)
    }

    /// Makes the call.
    /// - Parameter function: Calls the function, if the callee is in this process.
    /// - Throws: The `Problem` that the service replied with, or one that tells why no reply came.
    public func send<Reply: Schema>(
        as type: Reply.Type, _ function: @escaping @Sendable (API) async throws -> Reply
    ) async throws -> Reply {
        do {
            if let local = try local { return try await local.run(function) }
            return try decode(try await bytes(of: try await answer()))
        } catch let problem as Problem {
            throw problem.answered(by: route.operation)
        }
    }

    /// Makes a call whose reply is plain text.
    public func send(as type: String.Type, _ function: @escaping @Sendable (API) async throws -> String) async throws -> String {
        do {
            if let local = try local { return try await local.run(function) }
            let bytes = try await bytes(of: try await answer()), written = try written
            do throws(DecodingFailure) { return try written.text(from: bytes) } catch { throw foreign(error) }
        } catch let problem as Problem {
            throw problem.answered(by: route.operation)
        }
    }

    /// Makes a call that has no reply.
    public func send(_ function: @escaping @Sendable (API) async throws -> Void) async throws {
        do {
            if let local = try local { return try await local.run(function) }
            _ = try await bytes(of: try await answer())
        } catch let problem as Problem {
            throw problem.answered(by: route.operation)
        }
    }

    /// Makes a call whose reply is a stream.
    /// - Throws: The `Problem` that the service replied with instead of a stream. If the stream ends early, the stream throws.
    public func send<Element: Schema>(
        as type: MessageStream<Element>.Type, _ function: @escaping @Sendable (API) async throws -> MessageStream<Element>
    ) async throws -> MessageStream<Element> {
        do {
            if let local = try local {
                let route = route
                return try await local.run { try await function($0).answered(CallInfo(route, .local, context: .currentOrNew)) }
            }
            let response = try await answer()
            if response.status.isSuccess, let values = try written.values(Element.self, in: response) {
                return values.answered(by: route.operation)
            }
            _ = try await bytes(of: response)
            throw Problem(.badGateway, "\(route.operation) did not reply with a stream.")
        } catch let problem as Problem {
            throw problem.answered(by: route.operation)
        }
    }

    /// The call as a function call; `nil` if it is written as a request.
    private var local: LocalCall<API>? {
        get throws {
            guard arguments == nil, case .local(let callee) = callee.way else { return nil }
            try checkArguments()
            return LocalCall(route: route, callee: callee)
        }
    }

    /// Checks the arguments for a callee in this process. Over a network, the callee checks what it reads.
    private func checkArguments() throws(Problem) {
        if !faults.isEmpty { throw Problem.invalid(faults) }
    }

    private func answer() async throws -> Response {
        try checkArguments()
        guard var request = arguments?.request else { throw Problem(.internalError) }
        request.codec = codec
        if let key { request.headers["idempotency-key"] = key }
        if !cookies.isEmpty { request.headers.add("cookie", cookies.joined(separator: "; ")) }
        switch callee.way {
        case .wire(let caller): return try await caller.send(request, for: route)
        case .local(let callee): return try await LocalCall(route: route, callee: callee).run(request)
        }
    }

    private func bytes(of response: Response) async throws -> [UInt8] {
        let bytes = try await response.body.collect(upTo: Self.replyLimit)
        guard response.status.isSuccess else { throw try written.problem(in: response, bytes) }
        return bytes
    }

    private func decode<Reply: Schema>(_ bytes: [UInt8]) throws -> Reply {
        let codec = try written
        do throws(DecodingFailure) { return try codec.value(Reply.self, from: bytes) } catch { throw foreign(error) }
    }

    private var written: any CallCodec {
        get throws(Problem) {
            guard let codec else { throw Problem(.internalError) }
            return codec
        }
    }

    private func foreign(_ failure: DecodingFailure) -> Problem {
        Problem(.badGateway, "\(route.operation) sent a reply that does not match its contract: \(failure.problem)")
    }

    /// The largest reply: 16 MiB.
    private static var replyLimit: Int { 16 << 20 }
}

extension Problem {
    /// The problem as whoever called the operation sees it.
    func answered(by operation: String) -> Problem {
        var problem = self
        problem.callee = operation
        return problem
    }
}

extension MessageStream {
    /// The stream that another service answers with, whose problems are that service's.
    func answered(by operation: String) -> MessageStream {
        transformed { next in
            {
                do {
                    return try await next()
                } catch let problem as Problem {
                    throw problem.answered(by: operation)
                }
            }
        }
    }
}
