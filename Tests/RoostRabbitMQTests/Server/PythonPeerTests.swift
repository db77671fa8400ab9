import Foundation
import Roost
import RoostEvents
import RoostEventsTesting
import RoostTesting
import TestTools
import Testing

@testable import RoostRabbitMQ

@Suite(.timeLimit(.minutes(5))) struct PythonPeerTests {
    private static let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "python_peer.py").path

    @Test func theLibrariesOfPythonReadOurEventsAndWeTheirs() async throws {
        let server = try await RabbitMQServer.shared, url = server.url(), bus = try await RabbitMQTesting.open(url)
        let prefix = try #require(RabbitMQURL(url)?.names.prefix), time = Date(timeIntervalSince1970: 1_700_000_000.25)
        let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        try await bus.publish([
            EventEnvelope(
                id: "1", source: "test", topic: RabbitMQTesting.topic, version: 2, key: "kéy", time: time, traceparent: trace,
                data: Array(#"{"number":41}"#.utf8))
        ])
        let lane = KeyLane.lane(of: "kéy")
        let tool = try await Tool.python(
            Self.script,
            [
                "amqp://guest:guest@127.0.0.1:\(server.port)/", "\(prefix).polls.\(lane)", "\(prefix).events",
                "polls.voted.\(KeyLane.lane(of: "p"))",
            ])
        #expect(tool.status == 0, "\(tool.output)")
        let expected = """
            {"attributes": {"datacontenttype": "application/json", "dataschema": "urn:events:polls.voted:2", "id": "1", \
            "partitionkey": "k\\u00e9y", "source": "test", "specversion": "1.0", "time": "2023-11-14 22:13:20.250000+00:00", \
            "traceparent": "\(trace)", "type": "polls.voted"}, "data": {"number": 41}, "persistent": true}
            """
        #expect(tool.output.trimmingCharacters(in: .newlines) == expected)
        let member = try await RabbitMQTesting.join(bus)
        let answers = try await member.deliveries(1)
        #expect(answers.map(\.fault) == [nil] && answers.map(\.envelope.id) == ["from python"] && answers.map(\.envelope.key) == ["p"])
        #expect(answers.map { String(decoding: $0.envelope.data, as: UTF8.self) } == [#"{"number": 42}"#])
        await member.drain()
        await bus.close()
    }
}
