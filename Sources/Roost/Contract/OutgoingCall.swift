/// A call on its way out: a client's arguments, written where the route and the caller's wire want them.
public struct OutgoingCall: Sendable {
    private let route: Route
    private let caller: any Caller
    private var arguments: any ArgumentWriter
    private var faults: [Fault] = []

    public init(_ route: Route, over caller: any Caller) {
        self.route = route
        self.caller = caller
        arguments =
            switch caller.format {
            case .json: RequestArguments(route)
            case .protobuf: MessageArguments(route)
            }
    }

    /// A path parameter. One that can name nothing, such as an empty text, would make the path that of another route: it is not sent.
    public mutating func path(_ name: String, _ value: some ParameterValue) {
        let text = value.parameter
        if let fault = route.path.fault(in: text, of: name) { faults.append(fault) }
        arguments.write(text, name, in: .path)
    }

    public mutating func query(_ name: String, _ value: (some ParameterValue)?) {
        if let value { arguments.write(value.parameter, name, in: .query) }
    }

    public mutating func header(_ name: String, _ value: (some ParameterValue)?) {
        if let value { arguments.write(value.parameter, name, in: .header(name)) }
    }

    public mutating func body(_ value: some Schema) { arguments.write(body: .value(value)) }

    public mutating func body(_ raw: RawBody) { arguments.write(body: .raw(raw)) }

    /// A body of values as they come.
    public mutating func body<Element: Schema>(_ stream: MessageStream<Element>) {
        arguments.write(body: .stream(stream.mapped { $0 as any Schema }))
    }

    /// Makes the call and decodes its reply.
    /// - Throws: the `Problem` that the service answered, or one that says why no answer came.
    public func send<Reply: Schema>(as type: Reply.Type) async throws -> Reply {
        try decode(try await bytes(of: try await answer()))
    }

    /// Makes a call whose reply is text as it stands.
    public func send(as type: String.Type) async throws -> String {
        let bytes = try await bytes(of: try await answer())
        return caller.format == .protobuf ? try decode(bytes) : String(decoding: bytes, as: UTF8.self)
    }

    /// Makes a call whose reply is empty.
    public func send() async throws { _ = try await bytes(of: try await answer()) }

    /// Makes a call whose reply is a stream. What is answered in place of a stream is thrown here; what ends it early, by the stream.
    public func send<Element: Schema>(as type: MessageStream<Element>.Type) async throws -> MessageStream<Element> {
        let response = try await answer()
        guard case .stream(let pieces, _) = response.body, response.status.isSuccess else {
            let bytes = try await bytes(of: response)
            guard caller.format == .protobuf else { throw Problem(.badGateway, "\(route.operation) answered no stream.") }
            return MessageStream(of: try decode(bytes) as Element)
        }
        return caller.format == .protobuf
            ? MessageStream(pieces).mapped { try decode($0) } : ServerSentEvents.values(of: MessageStream(pieces))
    }

    private func answer() async throws -> Response {
        if !faults.isEmpty { throw Problem.invalid(faults) }
        return try await caller.send(arguments.request, for: route)
    }

    private func bytes(of response: Response) async throws -> [UInt8] {
        let bytes = try await response.body.collect(upTo: Self.replyLimit)
        guard response.status.isSuccess else { throw Problem(response: response, bytes: bytes) }
        return bytes
    }

    private func decode<Reply: Schema>(_ bytes: [UInt8]) throws -> Reply {
        do {
            switch caller.format {
            case .json: return try JSON.decode(Reply.self, from: bytes)
            case .protobuf: return try Protobuf.decode(Reply.self, from: bytes)
            }
        } catch {
            throw Problem(.badGateway, "\(route.operation) answered something that is not its contract's: \(error.problem)")
        }
    }

    /// The most bytes taken of a reply: 16 MiB.
    private static let replyLimit = 16 << 20
}
