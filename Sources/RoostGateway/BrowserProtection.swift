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
        do {
            var response = try await next(request, context)
            Self.protect(&response.headers)
            return response
        } catch var problem as Problem {
            Self.protect(&problem.headers)
            throw problem
        }
    }

    private static func protect(_ fields: inout Headers) {
        for (name, value) in headers where fields[name] == nil { fields.add(name, value) }
    }
}
