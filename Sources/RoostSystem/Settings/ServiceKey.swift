import Roost

/// The service key, which the services of a system share: `SERVICE_KEY`.
enum ServiceKey {
    static let name = "SERVICE_KEY"
    private static let shortest = 16

    /// The key must be valid in a header field (RFC 9110 §5.5).
    static let setting = Setting<String?>(
        name, allowed: "at least \(shortest) visible ASCII characters, with no space at either end",
        described: "random at each start of the whole system", isSecret: true,
        purpose: "The secret that the services share. A service that runs alone needs it if other services call it."
    ) { key in
        let isSound =
            key.utf8.count >= shortest && key.first != " " && key.last != " " && key.utf8.allSatisfy { (0x20...0x7E).contains($0) }
        return isSound ? key : nil
    }

    /// Returns a new key of 256 random bits, for a system that is started without one.
    static func random() -> String {
        // The system's generator is the kernel's (getrandom(2)).
        var generator = SystemRandomNumberGenerator()
        return Hexadecimal.encode((0..<32).map { _ in generator.next() as UInt8 })
    }

    /// Checks that there is a key if one is needed.
    /// - Throws: A `ConfigurationError` if only services may call some of a service's routes, and there is no key to identify them.
    static func check(_ key: String?, for service: String, _ routes: [Route]) throws(ConfigurationError) {
        guard key == nil, let route = routes.first(where: { $0.access == .services }) else { return }
        throw ConfigurationError(
            missing: name, because: "\(service) has routes that only other services may call, such as \(route.operation)")
    }
}
