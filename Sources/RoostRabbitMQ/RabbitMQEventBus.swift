import NIOCore
import NIOPosix
import Roost
public import RoostEvents
import Synchronization

/// An event bus on RabbitMQ 3.8 or later, which the processes of any number of machines share.
///
/// Events are CloudEvents in binary mode in a topic exchange. Each group has eight lanes, each a quorum queue that one member at a time
/// consumes; the lanes of a member that dies go to another at once. An event is confirmed once a majority of the nodes have it on disk.
///
/// The queues keep the events of a group from the moment at which the group was declared or had its first member. An event can be stored twice if
/// a connection is lost; consumers recognize its identifier.
public final class RabbitMQEventBus: EventBus {
    private let connector: AMQPConnector
    private let known: KnownTopology
    private let publisher: RabbitMQPublisher

    private init(_ connector: AMQPConnector) {
        let loop = MultiThreadedEventLoopGroup.singleton.any(), known = KnownTopology(connector.url.names)
        (self.connector, self.known) = (connector, known)
        publisher = RabbitMQPublisher(on: loop) {
            known.topology.isSubscribed(to: $0)
        } connect: {
            try await Self.connect(connector, on: loop, declaring: known.topology)
        }
    }

    /// Opens a bus, and declares its exchange.
    /// - Parameters:
    ///   - url: The URL of the server: `amqp://USER:PASSWORD@HOST:PORT/VHOST`, or `amqps://…` with TLS. Several addresses, separated by
    ///     commas, are those of the nodes of a cluster. `?prefix=NAME` is what the names of the exchange and the queues begin with (`roost` by
    ///     default), `?heartbeat=SECONDS` is how often a silent connection gives a sign of life (8 by default), and `?ca=PATH` names a file with
    ///     the trusted root certificates.
    ///   - key: The setting that the URL comes from, for errors.
    /// - Throws: A `ConfigurationError` if the URL is invalid, the server cannot be reached, or it refuses the password.
    public static func open(_ url: String, key: String = "EVENTS_URL") async throws -> RabbitMQEventBus {
        let given = ResourceURL(url, key: key)
        guard let url = RabbitMQURL(url) else { throw given.error(RabbitMQURL.allowed) }
        let bus = RabbitMQEventBus(try AMQPConnector(url))
        do {
            bus.publisher.adopt(try await Self.connect(bus.connector, on: bus.publisher.loop, declaring: bus.known.topology))
        } catch let error as AMQPError {
            throw given.error(error.demand, code: error.isUnreachable ? .unreachable : .invalidSetting)
        }
        return bus
    }

    /// Declares the queues of groups, so that the events that are published from now on are kept for them.
    /// - Throws: A `ConfigurationError` if the name of a group is not allowed, or the server refuses the queues.
    public func declare(_ groups: [GroupMembership]) async throws {
        guard !groups.isEmpty else { return }
        for group in groups { try EventGroup.check(group.group) }
        known.add(groups)
        do {
            try await Self.connect(connector, on: MultiThreadedEventLoopGroup.singleton.any(), declaring: known.topology).close()
        } catch let error as AMQPError {
            throw ConfigurationError(
                "RabbitMQ does not declare the queues of the event bus: \(error.reason)",
                code: error.isUnreachable ? .unreachable : .invalid)
        }
    }

    /// Publishes events, and returns once the server has confirmed them.
    /// - Throws: A `Problem` with status 413 or 422 if an event is not within `EventLimits`, or is too large for the server; a
    ///   `ConfigurationError` if the server refuses the user or a permission is missing; a `TransportError` if the server cannot be reached,
    ///   takes no events at the moment, lacks a queue, or does not confirm the events within 10 seconds.
    public func publish(_ envelopes: [EventEnvelope]) async throws {
        guard !envelopes.isEmpty else { return }
        for envelope in envelopes { try envelope.checkLimits() }
        let exchange = known.topology.names.exchange
        try await publisher.publish(envelopes.map { OutgoingMessage($0, to: exchange) })
    }

    /// Adds a member to a group. A new group begins with the events that are published from now on.
    /// - Throws: A `ConfigurationError` if the group's name is not 1 to 64 lowercase letters, digits and hyphens; a `TransportError`.
    public func join(_ membership: GroupMembership) async throws -> any GroupMember {
        try EventGroup.check(membership.group)
        known.add([membership])
        do {
            let connection = try await connector.connect(on: MultiThreadedEventLoopGroup.singleton.any())
            let topology = known.topology, publisher = publisher
            let member = RabbitMQMember(membership, of: topology, on: connection) { publisher.send($0) }
            do {
                try await connection.declare(topology, group: membership.group)
                try await member.start()
                return member
            } catch {
                connection.close()
                throw error
            }
        } catch let error as AMQPError {
            throw TransportError(.unavailable, "RabbitMQ cannot be read: \(error.reason)")
        }
    }

    /// Waits for the events that are being published, and closes the connection. Members have connections of their own.
    public func close() async { await publisher.close() }

    private static func connect(_ connector: AMQPConnector, on loop: any EventLoop, declaring topology: Topology) async throws
        -> AMQPConnection
    {
        let connection = try await connector.connect(on: loop)
        do {
            try await connection.declare(topology)
            return connection
        } catch {
            connection.close()
            throw error
        }
    }
}

/// The groups that the bus knows.
private final class KnownTopology: Sendable {
    private let state: Mutex<Topology>

    init(_ names: BrokerNames) { state = Mutex(Topology(names)) }

    var topology: Topology { state.withLock { $0 } }

    func add(_ groups: [GroupMembership]) { state.withLock { $0.add(groups) } }
}

extension AMQPError {
    /// What the URL of a server must be that could not be used.
    fileprivate var demand: String {
        switch self {
        case .unreachable: "a RabbitMQ server that can be reached (\(reason))"
        case .refused: "a RabbitMQ server that accepts the user, the password and the virtual host (\(reason))"
        case .unusable, .closed: "a RabbitMQ server that can be used (\(reason))"
        }
    }
}
