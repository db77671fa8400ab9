import Foundation
import Roost
import RoostEvents
import RoostEventsTesting
import TestTools
import Testing

@testable import RoostKafka

@Suite("Programs in Python share the topics", .timeLimit(.minutes(5))) struct KafkaPythonTests {
    private static let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Python/peer.py").path

    private struct Read: Decodable, Equatable {
        struct Content: Decodable, Equatable { let number: Int }

        let id, type, source, key, dataschema, contentType: String
        let data: Content
    }

    @Test func pythonReadsOurEvents() async throws {
        let fixture = try await Fixture(), events = (0..<2).map { Fixture.event($0, key: "key \($0)") }
        try await fixture.bus.publish(events)
        let tool = try await Tool.python(Self.script, ["read", fixture.cluster.servers, fixture.topic, "2"])
        let lines = tool.output.split(separator: "\n").filter { $0.hasPrefix("{") }
        let read = try lines.map { try JSONDecoder().decode(Read.self, from: Data($0.utf8)) }.sorted { $0.key < $1.key }
        let expected = events.enumerated().map { number, event in
            Read(
                id: event.id, type: event.topic, source: event.source, key: event.key, dataschema: event.dataschema,
                contentType: "application/json", data: .init(number: number))
        }
        #expect(tool.status == 0 && read == expected, "\(tool.output)")
        await fixture.bus.close()
    }

    @Test func weReadEventsFromPython() async throws {
        let fixture = try await Fixture()
        let member = try await fixture.join()
        let tool = try await Tool.python(Self.script, ["write", fixture.cluster.servers, fixture.topic, Fixture.topic])
        #expect(tool.status == 0, "\(tool.output)")
        let deliveries = try await member.deliveries(2).sorted { $0.envelope.id < $1.envelope.id }
        #expect(deliveries.map(\.fault) == [nil, nil] && deliveries.map(\.envelope.id) == ["python-0", "python-1"])
        #expect(deliveries.map(\.envelope.key) == ["a", "b"] && deliveries.map(\.envelope.source) == ["python", "python"])
        let numbers = deliveries.map { String(decoding: $0.envelope.data, as: UTF8.self).filter { $0 != " " } }
        #expect(numbers == [#"{"number":0}"#, #"{"number":1}"#])
        await member.drain()
        await fixture.bus.close()
    }
}
