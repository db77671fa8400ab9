/// Determines the client of a request that came through other hops, and puts its address into the context. The header fields about the
/// client are then removed, so that later code does not trust them.
///
/// `X-Forwarded-For` is trusted if it comes from a trusted proxy, or with the system's service key: from a service in `x-service-key`, or
/// from the gateway, whose requests anyone may have sent, in `x-gateway-key`.
public struct ClientAddressMiddleware: Middleware {
    private let proxies: TrustedProxies
    private let key: String?

    /// Creates the middleware.
    /// - Parameters:
    ///   - proxies: The proxies that are trusted without a key.
    ///   - key: The service key; `nil` if no hop is trusted because of it.
    public init(trusting proxies: TrustedProxies, key: String? = nil) {
        self.proxies = proxies
        self.key = key
    }

    /// Replaces the context's client address, removes the header fields that name a client, and passes the request on.
    public func respond(to request: Request, in context: RequestContext, next: Responder) async throws -> Response {
        guard request.headers.fields.contains(where: { Self.tellsOfClient($0.name) }) else { return try await next(request, context) }
        var request = request, context = context
        let lines = request.headers.values("x-forwarded-for")
        if isFromSystem(request.headers) {
            // Its only value is the client's address, as the previous hop determined it.
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
        return ["x-gateway-key", "x-service-key"].contains { headers[$0].map { $0.equalsInConstantTime(key) } ?? false }
    }
}
