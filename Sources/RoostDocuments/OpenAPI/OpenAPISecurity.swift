import Roost

/// How a caller authenticates.
enum OpenAPISecurity {
    /// Returns what a route requires, or `nil` if anyone may call.
    static func requirement(of route: Route) -> JSONNode? {
        switch route.access {
        // Either of the two (OpenAPI 3.1 §4.8.30).
        case .anyone: route.takesAccount ? [[:], ["bearer": []]] : nil
        case .signedIn: [["bearer": []]]
        case .role(let role): [["bearer": [.string(role)]]]
        case .services: [["serviceKey": [], "serviceName": []]]
        }
    }

    /// Returns the schemes that routes require, or `nil` if there are none.
    static func components(for routes: [Route]) -> JSONNode? {
        let takesTokens = routes.contains { $0.access == .anyone ? $0.takesAccount : $0.access != .services }
        let takesKeys = routes.contains { $0.access == .services }
        guard takesTokens || takesKeys else { return nil }
        return ["bearer": takesTokens ? bearer : nil, "serviceKey": takesKeys ? key : nil, "serviceName": takesKeys ? name : nil]
    }

    private static let bearer: JSONNode = [
        "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
        "description": "The access token of a signed-in account. Some routes require a role, which is listed with them.",
    ]
    private static let key: JSONNode = [
        "type": "apiKey", "in": "header", "name": "x-service-key", "description": "The secret that the services of the system share.",
    ]
    private static let name: JSONNode = [
        "type": "apiKey", "in": "header", "name": "x-service-name", "description": "The name of the calling service.",
    ]
}
