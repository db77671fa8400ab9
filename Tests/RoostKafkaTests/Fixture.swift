import CRoostKafka
import Foundation
import Roost
import RoostEvents
import RoostEventsTesting
import RoostSystemTesting
import TestTools
import Testing

@testable import RoostKafka

extension KafkaTiming {
    /// Short heartbeats, and sessions long enough that a slow test loses no lane.
    static var quick: KafkaTiming {
        var timing = KafkaTiming()
        (timing.session, timing.heartbeat) = (.seconds(30), .milliseconds(200))
        (timing.poll, timing.handOver) = (.seconds(30), .seconds(1))
        return timing
    }

    /// Sessions for tests in which members die and others join and leave: the mock cluster waits so long for former members.
    static var medium: KafkaTiming {
        var timing = quick
        timing.session = .seconds(8)
        return timing
    }

    /// Sessions that end soon, but not sooner than the mock cluster waits for a new group's members (3 s). For members that die or hang.
    static var short: KafkaTiming {
        var timing = quick
        timing.session = .milliseconds(3500)
        return timing
    }
}

/// A bus on a cluster of its own, which can be disturbed.
struct Fixture {
    static let topic = "orders.placed", group = "g"

    let cluster: KafkaCluster
    let url: String
    let bus: KafkaEventBus

    /// - Parameter options: Options of the URL, such as `&timeout=5`.
    init(_ options: String = "", brokers: Int = 3, timing: KafkaTiming = .quick) async throws {
        cluster = try await KafkaCluster.start(brokers: brokers)
        url = cluster.url(options)
        bus = try await KafkaEventBus.open(url, timing)
    }

    /// The name of the topic on the cluster.
    var topic: String { KafkaURL(url)?.names.kafkaTopic(of: Self.topic) ?? "" }

    static func event(_ number: Int, key: String = "key") -> EventEnvelope {
        EventEnvelope(source: "tests", topic: topic, key: key, data: Array("{\"number\":\(number)}".utf8))
    }

    func join(_ group: String = group, capacity: Int = GroupMembership.largestCapacity) async throws -> KafkaGroupMember {
        let member = try await bus.join(GroupMembership(group, topics: [Self.topic], capacity: capacity))
        return try #require(member as? KafkaGroupMember)
    }

    /// Publishes events until the bus has taken them, as the outbox does.
    func publishAtLast(_ events: [EventEnvelope]) async throws {
        while true {
            do {
                return try await bus.publish(events)
            } catch {
                guard FailureKind(of: error) == .transient else { throw error }
            }
        }
    }

    /// Writes a record without an event of ours.
    func write(key: String?, value: [UInt8]?, headers: [(String, String)] = []) async throws {
        let client = try KafkaClient(RD_KAFKA_PRODUCER, .producer(try #require(KafkaURL(url))), wake: Notifier())
        let fields = rd_kafka_headers_new(headers.count)
        for (name, text) in headers { rd_kafka_header_add(fields, name, -1, text, text.utf8.count) }
        let code = roost_kafka_produce(
            client.handle, topic, topic.utf8.count, key, key?.utf8.count ?? 0, value, value?.count ?? 0, fields,
            UnsafeMutableRawPointer(bitPattern: 1))
        #expect(code == RD_KAFKA_RESP_ERR_NO_ERROR)
        while true {
            let seen = client.wake.count
            while let event = client.next() {
                guard event.type == RD_KAFKA_EVENT_DR else { continue }
                #expect(rd_kafka_event_message_next(event.pointer)?.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR)
                return
            }
            await client.wake.wait(beyond: seen)
        }
    }
}

extension KafkaGroupMember {
    /// Receives until something happens that a test waits for.
    func first<Value>(_ match: (BusEvent) -> Value?) async throws -> Value {
        while true {
            for event in try await next() { if let value = match(event) { return value } }
        }
    }
}
