import NIOCore
import Roost
import RoostStore
import TestTools
import Testing

@testable import RoostRedis

/// A server, or a program that writes to it, can send anything. An operation then fails by an error of the store, or takes what it got.
@Suite(.timeLimit(.minutes(5))) struct UnexpectedReplyTests {
    @Test(arguments: [
        "+OK", ":1", ":-9223372036854775808", "_", "$-1", "$0\r\n", "$3\r\nabc", "$16\r\n\u{7F}aaaaaaaaaaaaaaa", "*0", "*-1", "*1\r\n:1",
        "*2\r\n:1\r\n:2", "*2\r\n*0\r\n*0", "*3\r\n_\r\n$-1\r\n,1.5", "%0", "%1\r\n+a\r\n:1", "~1\r\n:1", ",nan", ",inf", "#t",
        "(123456789012345678901234567890", "-ERR no", "-WRONGTYPE no", "-", "=7\r\ntxt:abc",
    ])
    func anyReplyEndsItsOperation(reply: String) async throws {
        let server = try await ScriptedServer.redis { _ in reply + "\r\n" }
        let store = try await RedisStore.open("redis://127.0.0.1:\(server.port)?timeout=1")
        for (name, operation) in Self.operations {
            do {
                try await operation(store)
            } catch {
                #expect(error is DatabaseError || error is Problem, "\(name): \(error)")
            }
        }
        await store.close()
        await server.stop()
    }

    private static let operations: [(String, @Sendable (RedisStore) async throws -> Void)] = [
        ("get", { _ = try await $0.get("a") }), ("get several", { _ = try await $0.get(["a", "b"]) }),
        ("put", { _ = try await $0.put("a", [1], ttl: .seconds(1), if: .always) }),
        ("put absent", { _ = try await $0.put("a", [1], ttl: nil, if: .absent) }),
        ("put over a version", { _ = try await $0.put("a", [1], ttl: nil, if: .version(.random())) }),
        ("remove", { _ = try await $0.put("a", nil, ttl: nil, if: .absent) }), ("delete", { try await $0.delete("a") }),
        ("increment", { _ = try await $0.increment("a") }), ("increment for a time", { _ = try await $0.increment("a", ttl: .seconds(1)) }),
        ("count", { _ = try await $0.count("a") }), ("remove a counter", { try await $0.removeCounter("a") }),
        ("add", { try await $0.add("m", score: 1, toSet: "a") }), ("highest", { _ = try await $0.highest(2, ofSet: "a") }),
        ("rank", { _ = try await $0.rank(of: "m", inSet: "a", order: .lowestFirst) }),
        ("remove members", { try await $0.remove(["m"], fromSet: "a") }),
        ("acquire", { _ = try await $0.acquire("a", ttl: .seconds(1)) }),
        ("renew", { _ = try await $0.renew(StoreLock(name: "a", token: 1), ttl: .seconds(1)) }),
        ("release", { _ = try await $0.release(StoreLock(name: "a", token: 1)) }), ("publish", { try await $0.publish([1], to: "a") }),
    ]

    /// The earliest of all times must not overflow when the current one is subtracted from it.
    @Test(arguments: [Int64.min, -1]) func anEntryThatNoStoreWroteIsRefused(expiry: Int64) {
        var buffer = ByteBuffer()
        buffer.writeInteger(Int64(1))
        buffer.writeInteger(expiry)
        #expect { try StoredEntry(.bulk(buffer), of: "key")?.value(at: 1_800_000_000_000) } throws: {
            ($0 as? DatabaseError)?.code == .value
        }
    }

    @Test(arguments: [RESPValue.simple("OK"), .integer(1), .array([]), .boolean(true)])
    func aReplyThatIsNoValueIsNotTakenForAnAbsentOne(reply: RESPValue) {
        #expect { try StoredEntry(reply, of: "key") } throws: { ($0 as? DatabaseError)?.code == .engine }
    }

    @Test func aCounterThatAnotherProgramWroteIsTold() async throws {
        let server = try await RedisServer.shared, url = server.url(), store = try await RedisStore.open(url)
        try await server.command("-n", String(url.split(separator: "/").last ?? ""), "SET", "c:visits", "many")
        await #expect { try await store.count("visits") } throws: { ($0 as? DatabaseError)?.code == .value }
        await store.close()
    }

    @Test(arguments: ["$19\r\n9223372036854775807", ":-1", "+now"]) func aTimeThatIsNoneIsRefused(seconds: String) async throws {
        let server = try await ScriptedServer.start { bytes in
            String(decoding: bytes, as: UTF8.self).contains("TIME")
                ? Array("*2\r\n\(seconds)\r\n$1\r\n1\r\n".utf8) : Array("%1\r\n$4\r\nmode\r\n$10\r\nstandalone\r\n".utf8)
        }
        await #expect(throws: ConfigurationError.self) { try await RedisStore.open("redis://127.0.0.1:\(server.port)") }
        await server.stop()
    }
}
