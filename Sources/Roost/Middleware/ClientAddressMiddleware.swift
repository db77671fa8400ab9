/// Finds out whose call it is that another hop passes on, and puts the address in the context. What requests say of it is taken out of
/// them, so that nothing later believes it unchecked.
///
/// `X-Forwarded-For` is believed of a hop that is trusted by its place or address, and of one that shows the system's key: a service in
/// `x-service-key`, the gateway, whose requests are those of anyone, in `x-gateway-key`.
public struct ClientAddressMiddleware: Middleware {
    private let proxies: TrustedProxies
    private let key: String?

    /// - Parameters:
    ///   - proxies: the hops that are trusted without a key.
    ///   - key: what the services of one system share; `nil` where none is believed for it.
    public init(trusting proxies: TrustedProxies, key: String? = nil) {
        self.proxies = proxies
        self.key = key
    }

    public func respond(to request: Request, in context: RequestContext, next: Responder) async throws -> Response {
        guard request.headers.fields.contains(where: { Self.tellsOfClient($0.name) }) else { return try await next(request, context) }
        var request = request, context = context
        let lines = request.headers.values("x-forwarded-for")
        if isFromSystem(request.headers) {
            // Its one value is the client's address, as the hop before found it out.
            context.clientAddress = lines.last ?? context.clientAddress
        } else if let peer = context.clientAddress {
            context.clientAddress = proxies.client(behind: peer, forwardedFor: lines)
        }
        request.headers = Headers(request.headers.fields.filter { !Self.tellsOfClient($0.name) })
        return try await next(request, context)
    }

    private static let names = ["x-forwarded-for", "forwarded", "x-real-ip", "x-gateway-key"]

    private static func tellsOfClient(_ name: String) -> Bool {
        switch name.utf8.count {
        case 9, 13, 15: names.contains { Headers.same($0, name) }
        default: false
        }
    }

    private func isFromSystem(_ headers: Headers) -> Bool {
        guard let key, !key.isEmpty else { return false }
        return ["x-gateway-key", "x-service-key"].contains { headers[$0].map { Self.equal($0, key) } ?? false }
    }

    /// Compares in a time that does not tell where the texts differ.
    private static func equal(_ a: String, _ b: String) -> Bool {
        guard a.utf8.count == b.utf8.count else { return false }
        return zip(a.utf8, b.utf8).reduce(0 as UInt8) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
