import Foundation
import Roost
import RoostEvents
import RoostSystemTesting
import TestTools
import Testing

@testable import RoostRabbitMQ

@Suite(.timeLimit(.minutes(5))) struct StartTests {
    /// Returns the line that a URL is refused with.
    private func refusal(_ url: String) async -> String {
        var line = ""
        // A server that other tests keep busy may not shake hands in time.
        for _ in 0..<5 {
            do {
                let bus = try await RabbitMQEventBus.open(url)
                await bus.close()
                return "it was opened"
            } catch { line = "\(error)" }
            if !line.contains("in time") { break }
        }
        return line
    }

    @Test func eachFaultOfTheURLIsOneClearLineWithoutThePassword() async throws {
        let server = try await RabbitMQServer.shared, unused = try freePort()
        for (url, reason) in [
            ("amqp://user:secret@host:x/", "amqp://USER:PASSWORD@HOST:PORT/VHOST"),
            ("amqp://guest:secret@127.0.0.1:\(server.port)/", "accepts the user, the password and the virtual host (ACCESS_REFUSED"),
            ("amqp://guest:guest@127.0.0.1:\(server.port)/secret", "accepts the user, the password and the virtual host (NOT_ALLOWED"),
            ("amqp://user:secret@127.0.0.1:\(unused)/", "can be reached (127.0.0.1:\(unused) cannot be reached"),
            ("amqp://user:secret@no-such-host.invalid/", "the name cannot be resolved"),
        ] {
            let line = await refusal(url)
            #expect(line.contains(reason) && line.contains("EVENTS_URL"), "\(line)")
            #expect(!line.contains("secret@") && !line.contains("\n"), "\(line)")
        }
    }

    @Test func aServerOfAnotherProtocolIsNotWaitedForAndSaysSo() async throws {
        let server = try await ScriptedServer.start { _ in Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8) }
        let line = await refusal("amqp://127.0.0.1:\(server.port)")
        #expect(line.contains("cannot be understood"), "\(line)")
    }

    @Test func theNodesOfAClusterAreTriedInTurn() async throws {
        let server = try await RabbitMQServer.shared, unused = try freePort()
        let url = "amqp://127.0.0.1:\(unused),127.0.0.1:\(server.port)"
        let bus = try await RabbitMQTesting.patiently { try await RabbitMQEventBus.open(url) }
        await bus.close()
    }

    @Test func aCertificateIsCheckedAgainstTheTrustedRoots() async throws {
        let server = try await RabbitMQServer.shared, root = server.folder.url.appending(path: "root.crt").path
        for host in ["127.0.0.1", "localhost"] {
            let bus = try await RabbitMQTesting.open("amqps://\(host):\(server.securedPort)/?prefix=secured&ca=\(root)")
            try await bus.publish([RabbitMQTesting.event(1)])
            await bus.close()
        }
        let line = await refusal("amqps://127.0.0.1:\(server.securedPort)")
        #expect(line.contains("the certificate is not trusted"), "\(line)")
        let missing = await refusal("amqps://127.0.0.1:\(server.securedPort)/?ca=/nowhere")
        #expect(missing.contains("root certificates"), "\(missing)")
    }

    @Test func aUserWithoutRightsIsToldWhatIsMissing() async throws {
        let server = try await RabbitMQServer.shared
        try await server.control("add_user", "reader", "pencil")
        try await server.control("set_permissions", "reader", "", ".*", ".*")
        let line = await refusal("amqp://reader:pencil@127.0.0.1:\(server.port)/?prefix=rightless")
        #expect(line.contains("ACCESS_REFUSED") && line.contains("rightless.events"), "\(line)")
        #expect(!line.contains("pencil"))
    }

    @Test func aServerWithoutQuorumQueuesIsToldAtTheStart() async throws {
        let server = try await RabbitMQServer.start(["RABBITMQ_FEATURE_FLAGS": ""])
        let bus = try await RabbitMQTesting.patiently { try await RabbitMQEventBus.open(server.url()) }
        await #expect(throws: ConfigurationError.self) {
            try await bus.declare([GroupMembership("polls", topics: [RabbitMQTesting.topic])])
        }
        await bus.close()
    }
}
