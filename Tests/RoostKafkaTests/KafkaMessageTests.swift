import RoostEvents
import RoostEventsTesting
import TestTools
import Testing

@testable import RoostKafka

@Suite("A message that is not an event is reported with its place", .timeLimit(.minutes(5))) struct KafkaMessageTests {
    private func delivery(
        key: String? = "k", value: [UInt8]?, _ headers: [(String, String)] = []
    ) async throws -> (delivery: Delivery, topic: String) {
        let fixture = try await Fixture(brokers: 1)
        let member = try await fixture.join()
        try await fixture.write(key: key, value: value, headers: headers)
        let delivery = try #require(try await member.deliveries(1).first)
        await member.drain()
        await fixture.bus.close()
        return (delivery, fixture.topic)
    }

    private let attributes = [("ce_specversion", "1.0"), ("ce_id", "1"), ("ce_source", "s"), ("ce_type", Fixture.topic)]

    @Test func aRecordWithoutHeaderFields() async throws {
        let (delivery, topic) = try await delivery(value: Array("{}".utf8))
        #expect(delivery.envelope.id == "\(topic)-\(delivery.lane.name.dropFirst(topic.count + 1))-0")
        #expect(delivery.fault?.contains("ce") == true && delivery.fault?.contains(topic) == true)
        #expect(delivery.envelope.data == Array("{}".utf8) && delivery.envelope.key == "k")
    }

    @Test func aRecordWithoutAValue() async throws {
        let (delivery, _) = try await delivery(value: nil)
        #expect(delivery.fault?.contains("has no value") == true && delivery.envelope.data.isEmpty)
    }

    @Test func aRecordThatIsTooLarge() async throws {
        let (delivery, topic) = try await delivery(value: Array(repeating: 0x20, count: EventLimits.data + 1), attributes)
        #expect(delivery.fault?.contains("The record 0 of the partition ") == true && delivery.fault?.contains(topic) == true)
        #expect(delivery.fault?.contains("\(EventLimits.data + 1) bytes") == true && delivery.envelope.data.isEmpty)
    }

    @Test func anEventInBinaryModeWithTheKeyOfTheRecord() async throws {
        let (delivery, _) = try await delivery(value: Array("{\"a\":1}".utf8), attributes + [("content-type", "application/json")])
        #expect(delivery.fault == nil && delivery.envelope.key == "k" && delivery.envelope.id == "1")
    }

    @Test func anEventInStructuredMode() async throws {
        let text = #"{"specversion":"1.0","id":"1","source":"s","type":"\#(Fixture.topic)","data":{"a":1}}"#
        let (delivery, _) = try await delivery(value: Array(text.utf8), [("content-type", "application/cloudevents+json; charset=UTF-8")])
        #expect(delivery.fault == nil && delivery.envelope.key == "k" && delivery.envelope.data == Array(#"{"a":1}"#.utf8))
    }

    @Test func anEventWithoutAKey() async throws {
        let (delivery, _) = try await delivery(key: nil, value: Array("{}".utf8), attributes)
        #expect(delivery.fault == nil && delivery.envelope.key == "1", "it is in order with no other")
    }

    @Test func eventsOfOtherTopicsArePassedOver() async throws {
        let fixture = try await Fixture(brokers: 1), other = EventEnvelope(source: "s", topic: "orders.ended", key: "key", data: [0x31])
        let sent = Fixture.event(1)
        try await fixture.bus.publish([other, sent, other])
        let member = try await fixture.join()
        #expect(try await member.deliveries(1).map(\.envelope.id) == [sent.id])
        await member.drain()
        await fixture.bus.close()
    }
}
