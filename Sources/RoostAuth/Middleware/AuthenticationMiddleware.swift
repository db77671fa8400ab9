import Roost

/// Finds out who calls, and puts it in the context. What they may do, each route says.
///
/// - `Authorization: Bearer …` makes the caller an account (RFC 6750 §2.1). A token that is not to be taken is a 401, even where
///   anyone may call, so that a client learns of it. Without the field the caller stays anonymous. A browser cannot set it on a
///   WebSocket: there the token may come as the subprotocol `bearer.<token>` beside `roost`, and is the same from here on.
///   A stream that is asked for with a token ends with it.
/// - `x-service-key`, equal to the system's key, makes the caller the service that `x-service-name` names. With a token beside it the
///   caller is the token's account, through that service. The gateway lets neither field in from outside.
public struct AuthenticationMiddleware: Middleware {
    private let verifier: TokenVerifier?
    private let serviceKey: String?

    /// - Parameters:
    ///   - verifier: verifies bearer tokens; without it none is taken.
    ///   - serviceKey: what the services of one system share; without it nobody is a service.
    public init(verifier: TokenVerifier?, serviceKey: String? = nil) {
        self.verifier = verifier
        self.serviceKey = serviceKey
    }

    public func respond(to request: Request, in context: RequestContext, next: Responder) async throws -> Response {
        var request = request
        var context = context
        if request.headers["authorization"] == nil, let token = request.takeBearerSubprotocol() {
            context.authorization = "Bearer \(token)"
            request.headers["authorization"] = context.authorization
        }
        var principal = Principal.anonymous
        if let token = try Self.bearerToken(request.headers) {
            guard let verifier else { throw Problem.invalidToken("No tokens are taken here.") }
            let access = try await verifier.verify(token)
            principal = .account(access.account, roles: access.roles, session: access.session)
            context.validity = verifier.validity(of: access)
        }
        if let service = try callingService(request.headers) { principal = principal.through(service: service) }
        context.principal = principal
        return try await next(request, context)
    }

    private func callingService(_ headers: Headers) throws(Problem) -> String? {
        guard let serviceKey, let key = headers["x-service-key"] else { return nil }
        guard Secret.equal(key, serviceKey), let name = headers["x-service-name"], RequestID.accepts(name) else {
            throw Problem(.unauthorized, "The service's key or name is wrong.")
        }
        return name
    }

    private static func bearerToken(_ headers: Headers) throws(Problem) -> String? {
        let values = headers.values("authorization")
        guard let value = values.first else { return nil }
        let parts = value.split(separator: " ", omittingEmptySubsequences: true)
        guard values.count == 1, parts.count == 2, parts[0].lowercased() == "bearer" else {
            throw .invalidToken("Authorization must be one bearer token.")
        }
        return String(parts[1])
    }
}
