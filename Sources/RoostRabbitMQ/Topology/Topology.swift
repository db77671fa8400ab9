import NIOCore
import Roost
import RoostEvents

/// The exchange and the queues of a system: a topic exchange, and for each group and lane a quorum queue with one active consumer
/// (https://www.rabbitmq.com/docs/consumers#single-active-consumer).
struct Topology: Sendable {
    /// The names of the exchange and the queues.
    let names: BrokerNames
    /// The topics of each group.
    private(set) var groups: [String: Set<String>] = [:]

    init(_ names: BrokerNames) { self.names = names }

    /// The exchange through which the members of a group hear of each other.
    func members(of group: String) -> String { "\(names.prefix).\(group).members" }

    /// Whether the events of a topic are kept for a group.
    func isSubscribed(to topic: String) -> Bool { groups.values.contains { $0.contains(topic) } }

    mutating func add(_ groups: [GroupMembership]) {
        for group in groups { self.groups[group.group, default: []].formUnion(group.topics) }
    }

    /// The method that declares the exchange.
    var exchangeMethod: AMQPCommand { .declareExchange(name: names.exchange, kind: "topic") }

    /// The methods that declare the queues of a group.
    /// - Parameter isUnlimited: Whether to say that messages may be delivered any number of times. RabbitMQ 4 otherwise drops one after 20
    ///   deliveries (https://www.rabbitmq.com/docs/quorum-queues#poison-message-handling); earlier versions do not know the argument.
    func methods(of group: String, isUnlimited: Bool) -> [AMQPCommand] {
        var arguments: AMQPTable = ["x-queue-type": .text("quorum"), "x-single-active-consumer": .boolean(true)]
        if isUnlimited { arguments["x-delivery-limit"] = .integer(-1) }
        let members = AMQPCommand.declareExchange(name: members(of: group), kind: "fanout")
        return [members]
            + (0..<KeyLane.count).flatMap { lane -> [AMQPCommand] in
                let queue = names.queue(of: group, lane: lane)
                return [.declareQueue(AMQPCommand.Queue(name: queue, arguments: arguments))]
                    + (groups[group] ?? []).sorted().map { .bind(queue: queue, exchange: names.exchange, key: "\($0).\(lane)") }
            }
    }
}

extension AMQPConnection {
    /// Declares the exchange and the queues. What exists already stays as it is.
    /// - Parameter group: The group to which to confine this.
    /// - Throws: An `AMQPError`.
    func declare(_ topology: Topology, group: String? = nil) async throws {
        let version = try await value { (connection, version: EventLoopPromise<String>) in version.succeed(connection.version) }
        let isUnlimited = Int(version.prefix { $0 != "." }).map { $0 >= 4 } ?? false
        try await perform([topology.exchangeMethod])
        for name in topology.groups.keys.sorted() where group.map({ $0 == name }) ?? true {
            do {
                try await perform(topology.methods(of: name, isUnlimited: isUnlimited))
            } catch AMQPError.closed(let reason) where isUnlimited && reason.code == 406 {
                // The queues of this group are from before the server was updated.
                try await perform(topology.methods(of: name, isUnlimited: false))
            }
        }
    }
}
