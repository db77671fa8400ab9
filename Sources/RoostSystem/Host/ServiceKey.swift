import Roost
import RoostAuth

/// What the services of one system show one another: `SERVICE_KEY`.
enum ServiceKey {
    static let name = "SERVICE_KEY"
    private static let shortest = 16

    /// - Returns: `nil` where none was given.
    /// - Throws: where it is short, or would not survive a header field (RFC 9110 §5.5).
    static func given(in configuration: Configuration) throws(ConfigurationError) -> String? {
        try configuration.value(name, allowed: "at least \(shortest) visible ASCII characters, with no space at either end") { key in
            let isSound =
                key.utf8.count >= shortest && key.first != " " && key.last != " " && key.utf8.allSatisfy { (0x20...0x7E).contains($0) }
            return isSound ? key : nil
        }
    }

    /// A new key, for a system that is started without one.
    static func random() -> String { Secret.random(bytes: 32) }

    /// - Throws: where some of a service's routes are for services alone, and there is nothing to tell a service by.
    static func check(_ key: String?, for service: String, _ routes: [Route]) throws(ConfigurationError) {
        guard key == nil, let route = routes.first(where: { $0.access == .services }) else { return }
        throw ConfigurationError(
            missing: name, because: "\(service) has routes that only other services may call, such as \(route.operation)")
    }
}
