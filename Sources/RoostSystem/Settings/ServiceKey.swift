import Roost

/// What the services of one system show one another: `SERVICE_KEY`.
enum ServiceKey {
    static let name = "SERVICE_KEY"
    private static let shortest = 16

    /// Must survive a header field (RFC 9110 §5.5).
    static let setting = Setting<String?>(
        name, allowed: "at least \(shortest) visible ASCII characters, with no space at either end",
        described: "random at each start of the whole system", isSecret: true,
        purpose: "What services show one another. A service run by itself needs it if it has routes for services."
    ) { key in
        let isSound =
            key.utf8.count >= shortest && key.first != " " && key.last != " " && key.utf8.allSatisfy { (0x20...0x7E).contains($0) }
        return isSound ? key : nil
    }

    /// Returns a new key of 256 random bits, for a system that is started without one.
    static func random() -> String {
        // The system's generator is the kernel's (getrandom(2)).
        var generator = SystemRandomNumberGenerator()
        return (0..<4).map { _ in
            let digits = String(generator.next(), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    /// Checks that there is a key where one is needed.
    /// - Throws: A `ConfigurationError` if some of a service's routes are for services alone, and there is no key to know them by.
    static func check(_ key: String?, for service: String, _ routes: [Route]) throws(ConfigurationError) {
        guard key == nil, let route = routes.first(where: { $0.access == .services }) else { return }
        throw ConfigurationError(
            missing: name, because: "\(service) has routes that only other services may call, such as \(route.operation)")
    }
}
