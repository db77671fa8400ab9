import Roost

/// The number of processes of each service. The replicas of a service listen on one port, over which the operating system distributes
/// connections, and share the service's database.
struct Replicas: Sendable, Equatable, CustomStringConvertible {
    /// The largest number for one service.
    static let limit = 64

    private let counts: [String: Int]

    /// - Parameter counts: The numbers of some services. The others have one replica each.
    init(_ counts: [String: Int]) { self.counts = counts.filter { $1 > 1 } }

    /// The services with more than one replica.
    var names: Set<String> { Set(counts.keys) }

    func count(of service: String) -> Int { counts[service] ?? 1 }

    var description: String { counts.isEmpty ? "one each" : counts.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }.joined(separator: ",") }

    /// Reads a list, which replaces the numbers of the services that it names.
    /// - Returns: `nil` if the text is not such a list.
    func overridden(by text: String, of services: [String]) -> Replicas? {
        var given: [String: Int] = [:]
        for entry in text.split(separator: ",") {
            let parts = entry.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, services.contains(parts[0]), let count = Int(parts[1]), (1...Self.limit).contains(count),
                given.updateValue(count, forKey: parts[0]) == nil
            else { return nil }
        }
        return Replicas(counts.merging(given) { $1 })
    }
}

extension ServiceSystem {
    /// `REPLICAS`, the number of processes of each service that the supervisor starts. It overrides the declaration for the services in it.
    var replicasSetting: Setting<Replicas> {
        let programs = programs.map(\.name), names = services.map(\.name).filter { !programs.contains($0) }, declared = replicas
        let others = programs.isEmpty ? "" : "; programs of their own have one process: \(programs.joined(separator: ", "))"
        return Setting(
            "REPLICAS",
            allowed: "a list such as orders=2,payments=2, of \(names.joined(separator: ", ")), each from 1 to \(Replicas.limit)\(others)",
            default: declared, purpose: "How many processes of a service the supervisor starts, such as orders=2.",
            parse: { declared.overridden(by: $0, of: names) })
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
