import Roost
public import RoostEvents

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// An event bus on Kafka, by librdkafka.
///
/// The events of a service are in one topic of the cluster, and those of a key in one of its partitions, which are the lanes. Records are CloudEvents
/// in binary mode, so programs in other languages can read and write them.
///
/// What a broker keeps, and for how long, is its decision: with a retention that is shorter than the absence of a group, the group loses events.
public final class KafkaEventBus: EventBus {
    private let url: KafkaURL
    private let timing: KafkaTiming
    private let topics: KafkaTopics
    private let publisher: KafkaPublisher

    init(_ url: KafkaURL, _ timing: KafkaTiming = KafkaTiming()) {
        (self.url, self.timing) = (url, timing)
        topics = KafkaTopics(url)
        publisher = KafkaPublisher(url, topics)
    }

    /// Connects to a cluster.
    /// - Parameters:
    ///   - url: The URL of the cluster: `kafka://HOST:PORT,HOST:PORT`, or `kafka+ssl://USER:PASSWORD@HOST:PORT` with TLS. Options follow as a query:
    ///     `prefix=NAME` (what the names of topics and groups begin with; `roost` by default), `partitions=COUNT` (of topics that are created; 8),
    ///     `timeout=SECONDS` (for publishing; 15), `ca=PATH` (the trusted root certificates), and `mechanism=PLAIN`, `SCRAM-SHA-256` or
    ///     `SCRAM-SHA-512` (how the password is proved).
    ///   - key: The setting that the URL comes from, for errors.
    /// - Throws: A `ConfigurationError` if the URL is invalid, or no broker can be reached.
    public static func open(_ url: String, key: String = "EVENTS_URL") async throws -> KafkaEventBus {
        try await open(url, key: key, KafkaTiming())
    }

    package static func open(_ url: String, key: String = "EVENTS_URL", _ timing: KafkaTiming) async throws -> KafkaEventBus {
        let given = ResourceURL(url, key: key)
        guard let url = KafkaURL(url) else { throw given.error(KafkaURL.allowed) }
        if let path = url.trustRoots, access(path, R_OK) != 0 {
            throw given.error("a URL whose file with the trusted root certificates can be read: \(path)")
        }
        let bus = KafkaEventBus(url, timing)
        do {
            try await bus.publisher.reach()
        } catch let error as KafkaError {
            await bus.close()
            throw given.error("a Kafka cluster that can be reached (\(error))")
        }
        return bus
    }

    /// Writes events, and returns when all brokers that must have them do (`acks=all`). What is written is not lost as long as one of these brokers is
    /// left; `min.insync.replicas` of the topic says how many they are.
    /// - Throws: A `Problem` with status 413 or 422 if an event is not within `EventLimits` or is refused by the cluster for good, and 503 if the
    ///   events were not acknowledged in time; a `ConfigurationError` if a topic cannot be had.
    public func publish(_ envelopes: [EventEnvelope]) async throws {
        guard !envelopes.isEmpty else { return }
        for envelope in envelopes { try envelope.checkLimits() }
        try await publisher.publish(envelopes)
    }

    /// Makes sure that the topics of groups exist. A new group begins with the oldest event that is kept.
    public func declare(_ groups: [GroupMembership]) async throws {
        for group in groups { try EventGroup.check(group.group) }
        try await publisher.ensure(Set(groups.flatMap(\.topics).map(url.names.kafkaTopic(of:))))
    }

    /// Adds a member to a group. A new group begins with the oldest event that is kept.
    /// - Throws: A `ConfigurationError` if the group's name is not 1 to 64 lowercase letters, digits and hyphens, or a topic cannot be had; a
    ///   `Problem` with status 503 if the cluster does not answer.
    public func join(_ membership: GroupMembership) async throws -> any GroupMember {
        try EventGroup.check(membership.group)
        try await publisher.ensure(Set(membership.topics.map(url.names.kafkaTopic(of:))))
        do {
            return try await KafkaGroupMember.join(membership, url, timing, topics)
        } catch {
            throw KafkaProblem.unreachable(error)
        }
    }

    /// Waits for what is being published, and closes the connections of the publisher. Members close theirs when they leave.
    public func close() async { await publisher.close() }
}

extension KafkaPublisher {
    /// The longest time for which a broker is waited for at the start.
    private static let startLimit = Duration.seconds(10)

    /// Makes sure that a broker can be reached.
    /// - Throws: A `KafkaError` if none can.
    func reach() async throws {
        let producer = try current(), timeout = Int32(min(Self.startLimit, url.timeout).milliseconds)
        let failure = await producer.connection.blocking { $0.reach(timeout: timeout) }
        guard let failure else { return }
        throw await producer.lastTrouble() ?? failure
    }
}
