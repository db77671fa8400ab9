import Roost

/// Verifies the access token of each request at a system's gateway, and adds the signed principal, by which the services behind it know
/// the caller (see `PrincipalSigner`).
///
/// A request without a token passes on as it is. One with an invalid token is answered with 401.
public struct GatewayAuthentication: Middleware {
    private let verifier: TokenVerifier
    private let signer: PrincipalSigner

    /// Creates the middleware of a gateway.
    /// - Parameters:
    ///   - verifier: Verifies the tokens.
    ///   - signer: Signs the principals, with the key that the services know.
    public init(verifier: TokenVerifier, signer: PrincipalSigner) {
        self.verifier = verifier
        self.signer = signer
    }

    /// Calls `next` with the signed principal in the request, and the principal in the context.
    /// - Throws: A `Problem` with status 401 if the token is invalid, or 503 if it cannot be verified at the moment; whatever `next` throws.
    public func respond(to request: Request, in context: RequestContext, next: Responder) async throws -> Response {
        var passed = request, context = context
        // The service that the request is for takes the token out of where it came, in its turn.
        var read = request
        passed.headers[PrincipalSigner.field] = nil
        if let token = try BearerToken.take(from: &read) {
            let access = try await verifier.verify(token)
            passed.headers[PrincipalSigner.field] = try await signer.sign(access, for: token)
            context.principal = access.principal
        }
        return try await next(passed, context)
    }
}
