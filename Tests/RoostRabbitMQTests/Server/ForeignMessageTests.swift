import Foundation
import Roost
import RoostData
import RoostEvents
import RoostEventsTesting
import RoostSQLite
import RoostSystemTesting
import RoostTesting
import TestTools
import Testing

@testable import RoostRabbitMQ

@Suite(.timeLimit(.minutes(5))) struct ForeignMessageTests {
    private func message(_ properties: AMQPProperties = AMQPProperties(), body: [UInt8], topic: String = RabbitMQTesting.topic) throws
        -> (String) -> OutgoingMessage
    {
        { OutgoingMessage(exchange: "\($0).events", key: "\(topic).3", properties: properties, body: body) }
    }

    private func deliver(_ messages: [(String) -> OutgoingMessage], by server: RabbitMQServer? = nil) async throws -> [Delivery] {
        let shared = try await RabbitMQServer.shared, url = (server ?? shared).url(), bus = try await RabbitMQTesting.open(url),
            member = try await RabbitMQTesting.join(bus)
        let prefix = try #require(RabbitMQURL(url)?.names.prefix)
        try await RabbitMQTesting.publish(messages.map { $0(prefix) }, to: url)
        let deliveries = try await member.deliveries(messages.count)
        for delivery in deliveries { member.settle(delivery.id) }
        await member.drain()
        await bus.close()
        return deliveries
    }

    @Test func whatIsNoEventIsToldWithItsReasonAndKeepsItsBody() async throws {
        let deliveries = try await deliver([
            try message(body: Array("hello".utf8)),
            try message(AMQPProperties(headers: ["ce-specversion": .text("0.3")], messageID: "7"), body: []),
            try message(
                AMQPProperties(
                    headers: [
                        "ce-specversion": .text("1.0"), "ce-id": .text(""), "ce-source": .text("x"),
                        "ce-type": .text("polls.voted"),
                    ]), body: []),
            try message(AMQPProperties(contentType: "application/cloudevents+json"), body: Array("[]".utf8)),
        ])
        let faults = deliveries.compactMap(\.fault)
        try #require(faults.count == 4)
        #expect(faults[0].contains("lacks the CloudEvents header fields specversion, id, source, type"))
        #expect(faults[1].contains("lacks the CloudEvents header fields id, source, type"))
        #expect(faults[2].contains("id must have"))
        #expect(deliveries.allSatisfy { $0.envelope.topic == RabbitMQTesting.topic && !$0.envelope.id.isEmpty })
        #expect(deliveries[0].envelope.data == Array("hello".utf8) && deliveries[1].envelope.id.contains(" 7 "))
        #expect(deliveries[0].envelope.id != deliveries[3].envelope.id)
    }

    @Test func eventsOfOtherProgramsAreReadInBothModesAndByEachBinding() async throws {
        let attributes = ["specversion": "1.0", "id": "7", "source": "python", "type": "polls.voted", "partitionkey": "k"]
        let structured = #"{"specversion":"1.0","id":"8","source":"python","type":"polls.voted","data":{"a":1}}"#
        var messages: [(String) -> OutgoingMessage] = []
        for prefix in ["ce-", "cloudEvents_", "cloudEvents:"] {
            let headers = Dictionary(uniqueKeysWithValues: attributes.map { (prefix + $0, AMQPValue.text($1)) })
            messages.append(try message(AMQPProperties(contentType: "application/json", headers: headers), body: Array(#"{"a":1}"#.utf8)))
        }
        let deliveries = try await deliver(
            messages + [
                try message(AMQPProperties(contentType: "application/cloudevents+json; charset=UTF-8"), body: Array(structured.utf8))
            ])
        #expect(deliveries.compactMap(\.fault).isEmpty)
        #expect(deliveries.map(\.envelope.id) == ["7", "7", "7", "8"] && deliveries.map(\.envelope.key) == ["k", "k", "k", "8"])
        #expect(deliveries.allSatisfy { $0.envelope.source == "python" && $0.envelope.data == Array(#"{"a":1}"#.utf8) })
    }

    @Test func headerFieldsThatCannotBeReadAreTheMessagesFaultAndNotTheServers() async throws {
        var nested: AMQPTable = [:]
        for _ in 0..<21 { nested = ["a": .table(nested)] }
        let event = RabbitMQTesting.event(1)
        let deliveries = try await deliver([
            try message(AMQPProperties(headers: nested, messageID: "a\0b"), body: [0x78, 0]),
            {
                OutgoingMessage(
                    exchange: "\($0).events", key: "polls.voted.3", properties: OutgoingMessage(event, to: "").properties, body: event.data)
            },
        ])
        #expect(deliveries[0].fault?.contains("header fields of the message cannot be read: tables are nested too deeply") == true)
        #expect(!deliveries[0].envelope.id.contains("\0") && deliveries[0].envelope.data == [0x78, 0])
        #expect(deliveries[1].fault == nil && deliveries[1].envelope.id == "1")
    }

    @Test func aHugeMessageIsNotReadAndTheNextOneIsHandled() async throws {
        let event = RabbitMQTesting.event(1),
            messages = [
                try message(AMQPProperties(messageID: "huge"), body: Array(repeating: 0x20, count: 100_000_000)),
                {
                    OutgoingMessage(
                        exchange: "\($0).events", key: "polls.voted.3", properties: OutgoingMessage(event, to: "").properties,
                        body: event.data)
                },
            ]
        // A server of its own: it confirms nothing to others while it writes so much.
        let server = try await RabbitMQServer.start()
        let deliveries = try await deliver(messages, by: server)
        #expect(deliveries[0].fault?.contains("100000000 bytes") == true && deliveries[0].envelope.data.isEmpty)
        #expect(deliveries[1].fault == nil && deliveries[1].envelope.id == "1")
    }

    @Test func aServiceMakesADeadLetterOfWhatIsNoEvent() async throws {
        let url = try await RabbitMQServer.shared.url(), bus = try await RabbitMQTesting.open(url), directory = try TemporaryFolder()
        let database = try await Database.open(directory.databaseURL("service.db"), migrations: Outbox.migrations + Inbox.migrations)
        let prefix = try #require(RabbitMQURL(url)?.names.prefix), handled = Latch()
        let subscription = Subscription(Voted.self, named: "hear") { event in handled.open() }
        let consumer = try EventConsumer([subscription], group: RabbitMQTesting.group, from: bus, into: database)
        let running = Task { try await consumer.run() }
        try await RabbitMQTesting.publish([try message(body: Array("hello".utf8))(prefix)], to: url)
        // On the same lane, after it.
        let key = try #require((0..<100).map(String.init).first { KeyLane.lane(of: $0) == 3 })
        try await bus.publish([RabbitMQTesting.event(1, key: key)])
        #expect(await handled.wait(by: .now + .seconds(60)) == .opened)
        let letters = try await eventually("the message is a dead letter") {
            let letters = try await DeadLetters(in: database).list(limit: 10)
            return letters.isEmpty ? nil : letters
        }
        running.cancel()
        try await running.value
        #expect(letters.map(\.subscription) == ["hear"] && letters.first?.envelope.data == Array("hello".utf8))
        #expect(letters.first?.error.contains("lacks the CloudEvents header fields") == true)
        await bus.close()
        await database.close()
    }
}

@Schema
struct Voted: Event {
    static let topic = RabbitMQTesting.topic
    var number: Int
    var key: String { "\(number)" }
}
