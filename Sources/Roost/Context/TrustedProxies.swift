/// The proxies in front of a server whose `X-Forwarded-For` is trusted.
///
/// Anyone can send that field. It is therefore read from its end, where the last proxy wrote the address that it saw, and only as far as
/// the proxies are known.
public enum TrustedProxies: Hashable, Sendable {
    /// The last hops, in this number, with any address. 0 means that the client is whoever connects.
    case hops(Int)
    /// The proxies within these ranges.
    case networks([IPNetwork])

    /// Trusts no proxy: the client is whoever connects.
    public static let none = TrustedProxies.hops(0)

    /// Reads a number of hops, up to 16, or a list of ranges such as `10.0.0.0/8, 2001:db8::/32`.
    public init?(_ text: String) {
        if let count = Int(text) {
            guard (0...16).contains(count) else { return nil }
            self = .hops(count)
            return
        }
        let names = text.split(separator: ",", omittingEmptySubsequences: false).map { $0.filter { $0 != " " } }
        let networks = names.compactMap { IPNetwork(String($0)) }
        guard !networks.isEmpty, networks.count == names.count else { return nil }
        self = .networks(networks)
    }

    /// Returns the address of the client.
    /// - Parameters:
    ///   - peer: The address of the connection's other side.
    ///   - lines: The values of `X-Forwarded-For`, in order.
    func client(behind peer: String, forwardedFor lines: [String]) -> String {
        guard var client = IPAddress(peer) else { return peer }
        var hops = 0
        for hop in lines.flatMap({ $0.split(separator: ",") }).reversed() {
            guard trusts(client, at: hops), let before = IPAddress(hop: hop) else { break }
            client = before
            hops += 1
        }
        return client.description
    }

    private func trusts(_ address: IPAddress, at hop: Int) -> Bool {
        switch self {
        case .hops(let count): hop < count
        case .networks(let networks): networks.contains { $0.contains(address) }
        }
    }
}

extension Setting where Value == TrustedProxies {
    /// `TRUSTED_PROXIES`, the proxies in front of the system that are trusted.
    public static var trustedProxies: Setting {
        Setting(
            "TRUSTED_PROXIES", allowed: "the number of proxies in front, 0 to 16, or their addresses, such as 10.0.0.0/8,2001:db8::/32",
            default: .none, described: "none",
            purpose: "The proxies in front of the system whose X-Forwarded-For is trusted: their number, or their addresses.",
            parse: { TrustedProxies($0) })
    }
}
