import Roost
import RoostEvents
import TestTools
import Testing

@testable import RoostKafka

@Suite("A bus that cannot be opened says why, in one line without the password", .timeLimit(.minutes(5))) struct KafkaStartTests {
    private func fault(_ url: String) async throws -> String {
        do {
            let bus = try await [Driver.kafka].open(ResourceURL(url, key: "EVENTS_URL"), as: (any EventBus).self)
            await bus.close()
            return "none"
        } catch let error as ConfigurationError {
            return error.message
        }
    }

    @Test func aWrongURL() async throws {
        let fault = try await fault("kafka+ssl://user:hunter2@host:port")
        #expect(fault.hasPrefix("EVENTS_URL=kafka+ssl://***@host:port is wrong: it must be \(KafkaURL.allowed)"))
    }

    @Test func aClusterThatIsDown() async throws {
        let port = try freePort(), fault = try await fault("kafka://127.0.0.1:\(port)?timeout=1")
        #expect(fault.contains("must be a Kafka cluster that can be reached"))
        #expect(fault.contains("127.0.0.1:\(port)") && !fault.contains("\n"))
    }

    @Test func aPasswordIsNotTold() async throws {
        let port = try freePort(), fault = try await fault("kafka+ssl://user:hunter2@127.0.0.1:\(port)?timeout=1")
        #expect(fault.contains("must be a Kafka cluster that can be reached") && !fault.contains("hunter2"))
    }

    @Test func aFileWithRootCertificatesThatIsMissing() async throws {
        let fault = try await fault("kafka+ssl://127.0.0.1:9092?ca=/no/such/file.pem&timeout=1")
        #expect(fault.contains("root certificates can be read: /no/such/file.pem") && !fault.contains("\n"))
    }

    @Test func aServerThatSpeaksNoTLS() async throws {
        let servers = try await KafkaCluster.shared.servers
        #expect(try await fault("kafka+ssl://\(servers)?timeout=2").contains("must be a Kafka cluster that can be reached"))
    }

    @Test func aGroupWithAWrongName() async throws {
        let bus = try await KafkaEventBus.open(try await KafkaCluster.shared.url(), .quick)
        await #expect(throws: ConfigurationError.self) { try await bus.join(GroupMembership("No", topics: ["a.b"])) }
        await #expect(throws: ConfigurationError.self) { try await bus.declare([GroupMembership("No", topics: ["a.b"])]) }
        await bus.close()
        await #expect(throws: Problem.self) { try await bus.publish([Fixture.event(1)]) }
    }

    @Test func aTopicThatCannotBeHad() async throws {
        let fixture = try await Fixture()
        try await fixture.bus.declare([GroupMembership("g", topics: ["other.a"])])
        try await fixture.cluster.refuse(fixture.topic, .topicRefused)
        let membership = GroupMembership("g", topics: [Fixture.topic])
        let error = await #expect(throws: ConfigurationError.self) { try await fixture.bus.declare([membership]) }
        #expect(error?.message.contains("the topic \(fixture.topic) on Kafka") == true && error?.message.contains("\n") == false)
        await fixture.bus.close()
    }
}
