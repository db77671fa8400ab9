import Roost
import RoostHTTP

extension HTTPAddress {
    /// Reads a list of addresses by name, such as `accounts=127.0.0.1:4001,catalog=catalog.internal:80`.
    /// - Returns: `nil` if the text is not such a list.
    static func list(_ text: String) -> [String: HTTPAddress]? {
        var addresses: [String: HTTPAddress] = [:]
        for entry in text.split(separator: ",") {
            let parts = entry.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, let colon = parts[1].lastIndex(of: ":"), colon > parts[1].startIndex,
                let port = Int(parts[1][parts[1].index(after: colon)...]), (1...65535).contains(port)
            else { return nil }
            addresses[String(parts[0])] = HTTPAddress(host: String(parts[1][..<colon]), port: port)
        }
        return addresses
    }

    /// Returns the addresses in the form of `ADDRESSES`.
    package static func text(_ addresses: [String: HTTPAddress]) -> String {
        addresses.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.host):\($0.value.port)" }.joined(separator: ",")
    }
}

extension Setting where Value == [String: HTTPAddress] {
    /// `ADDRESSES`, the addresses of the other services.
    static var addresses: Setting {
        Setting(
            "ADDRESSES", allowed: "a list such as accounts=127.0.0.1:4001,catalog=catalog.internal:80", default: [:],
            described: "the supervisor's", purpose: "The addresses of the other services, for a service that runs alone.",
            parse: { HTTPAddress.list($0) })
    }
}
