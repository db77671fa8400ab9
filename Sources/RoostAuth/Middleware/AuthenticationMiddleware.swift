import Roost

/// Identifies the caller of each request and stores the result in `RequestContext.principal`. Each route then decides what that caller may
/// do.
///
/// - `Authorization: Bearer …` identifies an account (RFC 6750 §2.1). An invalid token is answered with 401, even on a route that anyone
///   may call, so that the client notices. Without the field the caller is anonymous. A browser cannot set this field when it opens a
///   WebSocket; it can send the token as the subprotocol `bearer.<token>` next to `roost` instead, and the token is then treated like one
///   in the header. A stream opened with a token ends when the token's session does.
/// - `x-principal`, which the system's gateway adds to a token that it has verified, takes the place of verifying the token again (see
///   `PrincipalSigner`). If it is missing or invalid, the token is verified.
/// - `x-service-key`, equal to the system's key, identifies the service named by `x-service-name`. With a token beside it, the caller is
///   the token's account, acting through that service. The gateway removes both fields from requests that come from outside.
public struct AuthenticationMiddleware: Middleware {
    private let verifier: TokenVerifier?
    private let serviceKey: String?
    private let signer: PrincipalSigner?

    /// Creates the middleware.
    /// - Parameters:
    ///   - verifier: Verifies bearer tokens. If `nil`, every request with a token is answered with 401.
    ///   - serviceKey: The secret that the services of one system share. If `nil`, no caller is recognized as a service.
    ///   - signer: Verifies the principals that the system's gateway has signed. If `nil`, every token is verified here.
    public init(verifier: TokenVerifier?, serviceKey: String? = nil, signer: PrincipalSigner? = nil) {
        self.verifier = verifier
        self.serviceKey = serviceKey
        self.signer = signer
    }

    /// Calls `next` with the caller's principal in the context.
    /// - Throws: A `Problem` with status 401 if the token or the service key is invalid, or 503 if the token cannot be verified at the
    ///   moment; whatever `next` throws.
    public func respond(to request: Request, in context: RequestContext, next: Responder) async throws -> Response {
        var request = request
        var context = context
        var principal = Principal.anonymous
        var credentials: (authorization: String?, signed: String?, validity: CallValidity?)?
        if let token = try BearerToken.take(from: &request) {
            guard let verifier else { throw Problem.invalidToken("This service does not accept tokens.") }
            let signed = await signedAccess(request.headers, for: token)
            let access = if let signed { signed } else { try await verifier.verify(token) }
            principal = access.principal
            credentials = (
                request.headers["authorization"], signed == nil ? nil : request.headers[PrincipalSigner.field],
                verifier.validity(of: access)
            )
        }
        if let service = try callingService(request.headers) { principal = principal.through(service: service) }
        context.change { fields in
            fields.principal = principal
            guard let credentials else { return }
            (fields.authorization, fields.signedPrincipal, fields.validity) = credentials
        }
        return try await next(request, context)
    }

    /// Returns what the gateway has stated about a token, if that is valid.
    private func signedAccess(_ headers: Headers, for token: String) async -> AccessToken? {
        let values = headers.values(PrincipalSigner.field)
        guard let signer, values.count == 1 else { return nil }
        return await signer.verify(values[0], for: token)
    }

    private func callingService(_ headers: Headers) throws(Problem) -> String? {
        guard let serviceKey, let key = headers["x-service-key"] else { return nil }
        guard Secret.equal(key, serviceKey), let name = headers["x-service-name"], RequestID.accepts(name) else {
            throw Problem(.unauthorized, "The service key or the service name is wrong.")
        }
        return name
    }
}
