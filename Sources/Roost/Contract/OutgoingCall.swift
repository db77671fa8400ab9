/// A call on its way out: a client's arguments, written where the route wants them.
public struct OutgoingCall: Sendable {
    private let route: Route
    private var pathValues: [String: String] = [:]
    private var query = ""
    private var headers: Headers = ["accept": "application/json"]
    private var body: [UInt8] = []

    public init(_ route: Route) { self.route = route }

    public mutating func path(_ name: String, _ value: some ParameterValue) { pathValues[name] = value.parameter }

    public mutating func query(_ name: String, _ value: (some ParameterValue)?) {
        guard let value else { return }
        query += (query.isEmpty ? "" : "&") + PercentCoding.encode(name) + "=" + PercentCoding.encode(value.parameter)
    }

    public mutating func header(_ name: String, _ value: (some ParameterValue)?) {
        if let value { headers.add(name, value.parameter) }
    }

    public mutating func body(_ value: some Schema) {
        headers.add("content-type", "application/json")
        body = JSON.encode(value)
    }

    public mutating func body(_ raw: RawBody) {
        headers.add("content-type", raw.contentType)
        body = raw.bytes
    }

    /// Makes the call and decodes its reply.
    /// - Throws: the `Problem` that the service answered, or one that says why no answer came.
    public func send<Reply: Schema>(over caller: any Caller, as type: Reply.Type) async throws -> Reply {
        let bytes = try await answer(from: caller)
        do {
            return try JSON.decode(Reply.self, from: bytes)
        } catch {
            throw Problem(.badGateway, "\(route.operation) answered something that is not its contract's: \(error.problem)")
        }
    }

    /// Makes a call whose reply is text as it stands.
    public func send(over caller: any Caller, as type: String.Type) async throws -> String {
        String(decoding: try await answer(from: caller), as: UTF8.self)
    }

    /// Makes a call whose reply is empty.
    public func send(over caller: any Caller) async throws { _ = try await answer(from: caller) }

    private func answer(from caller: any Caller) async throws -> [UInt8] {
        let path = route.path.filled { pathValues[$0] ?? "" }
        let request = Request(route.method, path, query: query, headers: headers, body: .bytes(body))
        let response = try await caller.send(request, for: route)
        let bytes = try await response.body.collect(upTo: Self.replyLimit)
        guard response.status.isSuccess else { throw Problem(response: response, bytes: bytes) }
        return bytes
    }

    /// The most bytes taken of a reply: 16 MiB.
    private static let replyLimit = 16 << 20
}
