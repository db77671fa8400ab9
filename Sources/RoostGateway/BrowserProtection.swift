import Roost

/// Adds the header fields that keep a browser from misinterpreting a response, framing it, or running foreign code (Content Security Policy
/// Level 3; OWASP Secure Headers).
struct BrowserProtection: Middleware {
    private static let headers: [(String, String)] = [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
        (
            "content-security-policy",
            "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
        ),
    ]

    func respond(to request: Request, in context: RequestContext, next: Responder) async throws -> Response {
        var response: Response
        do {
            response = try await next(request, context)
        } catch let problem as Problem {
            response = problem.response(instance: request.path, requestID: context.requestID)
        }
        for (name, value) in Self.headers where response.headers[name] == nil { response.headers.add(name, value) }
        return response
    }
}
