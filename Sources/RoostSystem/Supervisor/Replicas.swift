import Roost

/// The number of processes of each service. The replicas of a service listen on one port, over which the operating system distributes
/// connections, and share the service's database.
struct Replicas: Sendable, Equatable {
    static let none = Replicas(counts: [:])

    /// The largest number for one service.
    private static let limit = 64

    private let counts: [String: Int]

    /// The services with more than one replica.
    var names: Set<String> { Set(counts.filter { $1 > 1 }.keys) }

    func count(of service: String) -> Int { counts[service] ?? 1 }

    /// Returns a description of the allowed lists, which can name these services.
    static func allowed(of services: [String]) -> String {
        "a list such as orders=2,payments=2, of \(services.joined(separator: ", ")), each from 1 to \(limit)"
    }

    /// Reads a list.
    /// - Returns: `nil` if the text is not such a list.
    init?(_ text: String, of services: [String]) {
        var counts: [String: Int] = [:]
        for entry in text.split(separator: ",") {
            let parts = entry.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, services.contains(parts[0]), let count = Int(parts[1]), (1...Self.limit).contains(count),
                counts.updateValue(count, forKey: parts[0]) == nil
            else { return nil }
        }
        self.init(counts: counts)
    }

    private init(counts: [String: Int]) { self.counts = counts }
}

extension Setting where Value == Replicas {
    /// `REPLICAS`, the number of processes of each service that the supervisor starts.
    /// - Parameter services: The services of the system.
    static func replicas(of services: [String]) -> Setting {
        Setting(
            "REPLICAS", allowed: Replicas.allowed(of: services), default: .none, described: "one each",
            purpose: "How many processes of a service the supervisor starts, such as orders=2.", parse: { Replicas($0, of: services) })
    }
}

extension Setting where Value == Int? {
    /// `REPLICA`, the number of this replica, which the supervisor sets.
    static var replica: Setting {
        Setting(
            "REPLICA", allowed: "a whole number from 1", described: "the only one",
            purpose: "The number of this replica of a service. The supervisor sets it.",
            parse: { Int($0).flatMap { $0 > 0 ? $0 : nil } })
    }
}
