/// Two endpoints that cannot be told apart, so that one of them would never be reached.
struct RouteCollision: CustomStringConvertible {
    enum Kind { case path, procedure }

    private let first: Endpoint
    private let second: Endpoint
    private let kind: Kind

    init(_ first: Endpoint, _ second: Endpoint, _ kind: Kind) {
        self.first = first
        self.second = second
        self.kind = kind
    }

    /// What collides, and how to resolve it.
    var description: String {
        let route = second.route, names = "\(first.route.operation) and \(route.operation)"
        switch kind {
        case .path:
            let other = first.route.path == route.path ? "" : ", which is \(first.route.path) too"
            return "\(names) both answer \(route.method) \(route.path)\(other): \(advice)"
        case .procedure: return "\(names) are both the procedure \(route.procedure): rename the function or the contract of one"
        }
    }

    private var advice: String {
        let page = [first, second].first { !$0.isProcedure }?.route.operation.prefix { $0 != "." }
        return switch page {
        case "documents"?: "give the route another path, or turn the documents off with `documents: false`"
        case "site"?: "give the route another path, or the site's file another name"
        case "health"?: "give the route another path, because health checks use this one"
        default: "give one another path or method"
        }
    }
}
