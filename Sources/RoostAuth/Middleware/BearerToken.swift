import Roost

/// The access token of a request.
enum BearerToken {
    /// Returns the token of a request, or `nil` if there is none. A token that came as a subprotocol is moved to `Authorization`.
    /// - Throws: A `Problem` with status 401 if the field does not hold exactly one bearer token.
    static func take(from request: inout Request) throws(Problem) -> String? {
        if request.headers["authorization"] == nil, let token = request.takeBearerSubprotocol() {
            request.headers["authorization"] = "Bearer \(token)"
        }
        let values = request.headers.values("authorization")
        guard let value = values.first else { return nil }
        let parts = value.split(separator: " ", omittingEmptySubsequences: true)
        guard values.count == 1, parts.count == 2, parts[0].lowercased() == "bearer" else {
            throw .invalidToken("The Authorization header must hold exactly one bearer token.")
        }
        return String(parts[1])
    }
}
