import Roost
import RoostStore
import TestTools
import Testing

@testable import RoostRedis

@Suite("Connections that are lost", .timeLimit(.minutes(5))) struct LossTests {
    @Test func anOutageIsA503AndEndsByItself() async throws {
        let server = try await RedisServer.start(["--appendonly", "yes", "--appendfsync", "always"])
        let store = try await RedisStore.open(server.url())
        try await store.set("key", "value")
        server.kill()
        await #expect { while true { try await store.set("other", 1) } } throws: { isUnavailable($0) }
        try await server.start()
        #expect(try await healed { try await store.get("key", as: String.self) } == "value")
        await store.close()
    }

    @Test("A reply that is cut off at any byte fails one operation, and is never taken for another one's")
    func cutAtEachByte() async throws {
        let proxy = try await CuttingProxy.start(to: RedisServer.shared.port)
        let number = try await RedisServer.shared.url().split(separator: "/").last ?? "0"
        let store = try await RedisStore.open("redis://127.0.0.1:\(proxy.port)/\(number)")
        for key in 0..<4 { try await store.put("\(key)", [UInt8](repeating: UInt8(key), count: 3), ttl: nil, if: .always) }
        // Four replies of `$19\r\n`, 19 bytes, `\r\n`; cut within each of them, and within the handshake that follows.
        for limit in 0...110 {
            proxy.cut(after: limit)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for key in 0..<4 {
                    group.addTask {
                        do {
                            let bytes = try await store.get("\(key)")?.bytes
                            #expect(bytes == [UInt8](repeating: UInt8(key), count: 3))
                        } catch {
                            #expect(isUnavailable(error), "\(error)")
                        }
                    }
                }
                try await group.waitForAll()
            }
            proxy.cut(after: nil)
            #expect(try await healed { try await store.get("3")?.bytes } == [3, 3, 3])
        }
        await store.close()
        await proxy.stop()
    }

    @Test func aCommandThatChangesSomethingIsNotSentTwice() async throws {
        let proxy = try await CuttingProxy.start(to: RedisServer.shared.port)
        let number = try await RedisServer.shared.url().split(separator: "/").last ?? "0"
        let store = try await RedisStore.open("redis://127.0.0.1:\(proxy.port)/\(number)")
        let version = try await store.put("key", [1], ttl: nil, if: .always)
        proxy.cut(after: 0)
        await #expect { try await store.put("key", [2], ttl: nil, if: .absent) } throws: { isUnavailable($0) }
        proxy.cut(after: nil)
        // It only reads, so it is sent again when the connection is lost.
        proxy.cutAll()
        #expect(try await store.get("key")?.version == version)
        await store.close()
        await proxy.stop()
    }

    @Test func aServerThatEndsEachConnectionIsNotAskedAgainAtOnce() async throws {
        let server = try await ScriptedServer.redis { _ in nil }
        let store = try await RedisStore.open("redis://127.0.0.1:\(server.port)")
        for _ in 0..<50 { await #expect { try await store.get("key") } throws: { isUnavailable($0) } }
        #expect(server.opened < 50)
        await store.close()
        await server.stop()
    }

    @Test("An answer that only a client of a cluster understands is told in plain words", arguments: ["MOVED", "ASK", "CROSSSLOT"])
    func aNodeOfAClusterIsNamed(kind: String) async throws {
        let server = try await ScriptedServer.redis { _ in "-\(kind) 3999 127.0.0.1:6381\r\n" }
        let store = try await RedisStore.open("redis://127.0.0.1:\(server.port)")
        await #expect { try await store.get("key") } throws: {
            ($0 as? DatabaseError)?.message.contains("Redis Cluster, which is not supported") == true
        }
        await store.close()
        await server.stop()
    }

    @Test func aServerThatDoesNotAnswerLosesTheConnection() async throws {
        let proxy = try await CuttingProxy.start(to: RedisServer.shared.port)
        let number = try await RedisServer.shared.url().split(separator: "/").last ?? "0"
        let store = try await RedisStore.open("redis://127.0.0.1:\(proxy.port)/\(number)?timeout=2")
        try await healed { try await store.set("key", 1) }
        proxy.set(deaf: true)
        await #expect { try await store.set("key", 2) } throws: { isUnavailable($0) }
        proxy.set(deaf: false)
        // The late reply to the lost command must not be taken for the reply to this one.
        #expect(try await healed { try await store.get("key")?.bytes } != nil)
        #expect(try await healed { try await store.get("never") } == nil)
        await store.close()
        await proxy.stop()
    }
}
