import Roost

/// How a caller says who it is.
enum OpenAPISecurity {
    /// What a route asks for; `nil` where anyone may call.
    static func requirement(of access: Access) -> JSONNode? {
        switch access {
        case .anyone: nil
        case .signedIn: [["bearer": []]]
        case .role(let role): [["bearer": [.string(role)]]]
        case .services: [["serviceKey": [], "serviceName": []]]
        }
    }

    /// The schemes that routes ask for; `nil` where they ask for none.
    static func components(for routes: [Route]) -> JSONNode? {
        let takesTokens = routes.contains { $0.access != .anyone && $0.access != .services }
        let takesKeys = routes.contains { $0.access == .services }
        guard takesTokens || takesKeys else { return nil }
        return ["bearer": takesTokens ? bearer : nil, "serviceKey": takesKeys ? key : nil, "serviceName": takesKeys ? name : nil]
    }

    private static let bearer: JSONNode = [
        "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
        "description": "The access token of someone who is signed in. Some routes take a role, which is named beside them.",
    ]
    private static let key: JSONNode = [
        "type": "apiKey", "in": "header", "name": "x-service-key", "description": "What the services of the system share.",
    ]
    private static let name: JSONNode = [
        "type": "apiKey", "in": "header", "name": "x-service-name", "description": "The service that calls.",
    ]
}
