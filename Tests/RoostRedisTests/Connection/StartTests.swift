import Roost
import RoostStore
import TestTools
import Testing

@testable import RoostRedis

@Suite("A store that cannot be opened says why, in one line without the password", .timeLimit(.minutes(5))) struct StartTests {
    private func fault(_ url: String) async throws -> String {
        do {
            let store = try await RedisStore.open(url)
            await store.close()
            return "none"
        } catch let error as ConfigurationError {
            return error.message
        }
    }

    @Test func aWrongURL() async throws {
        let fault = try await fault("redis://user:hunter2@host:port")
        #expect(fault == "STORE_URL=redis://***@host:port is wrong: it must be \(RedisURL.allowed)")
    }

    @Test func aServerThatIsDown() async throws {
        let port = try freePort(), fault = try await fault("redis://:hunter2@127.0.0.1:\(port)/0")
        #expect(fault.hasPrefix("STORE_URL=redis://***@127.0.0.1:\(port)/0 is wrong: it must be a Redis server that can be reached"))
        #expect(fault.contains("refused") && !fault.contains("\n") && !fault.contains("hunter2"))
    }

    @Test func aNameThatIsUnknown() async throws {
        #expect(try await fault("redis://no-such-host.invalid").contains("no-such-host.invalid:6379 cannot be reached"))
    }

    @Test func aWrongPassword() async throws {
        let server = try await RedisServer.start(["--requirepass", "right"])
        for (account, reason) in [
            (":hunter2@", "the user or the password is wrong"), ("", "the server needs a password"), ("me:right@", "is wrong"),
        ] {
            let fault = try await fault("redis://\(account)127.0.0.1:\(server.port)")
            #expect(fault.contains(reason) && !fault.contains("\n") && !fault.contains("hunter2"))
        }
        #expect(try await fault("redis://:right@127.0.0.1:\(server.port)") == "none")
        #expect(try await fault("redis://default:right@127.0.0.1:\(server.port)") == "none")
    }

    @Test func aDatabaseThatDoesNotExist() async throws {
        let server = try await RedisServer.shared
        #expect(try await fault("redis://127.0.0.1:\(server.port)/100000").contains("does not have a database with this number"))
    }

    @Test func aNodeOfACluster() async throws {
        let server = try await RedisServer.start(["--cluster-enabled", "yes"])
        #expect(try await fault("redis://127.0.0.1:\(server.port)").contains("Redis Cluster, which is not supported"))
    }

    @Test func aServerThatIsNoRedis() async throws {
        let server = try await ScriptedServer.start { _ in Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8) }
        #expect(try await fault("redis://127.0.0.1:\(server.port)").contains("does not speak RESP3"))
        await server.stop()
    }
}
