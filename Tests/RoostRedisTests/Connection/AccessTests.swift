import Foundation
import Roost
import RoostStore
import RoostTesting
import TestTools
import Testing

@testable import RoostRedis

@Suite(.timeLimit(.minutes(5))) struct AccessTests {
    @Test func aUserReachesOnlyItsNamespace() async throws {
        let server = try await RedisServer.start()
        try await server.command(
            "ACL", "SETUSER", "carts", "on", ">p@ss/word", "~?:carts:*", "~roost:lock-tokens", "&carts:*", "+@all", "-@dangerous", "-time",
            "-config")
        let store = try await RedisStore.open("redis://carts:p%40ss%2Fword@127.0.0.1:\(server.port)/0")
        let own = NamespacedStore(store, service: "carts"), other = NamespacedStore(store, service: "orders")
        try await own.set("key", 1, ttl: .seconds(3600))
        #expect(try await own.get("key")?.ttl.map { $0 > .seconds(3000) && $0 <= .seconds(3600) } == true)
        #expect(try await own.increment("count", ttl: .seconds(60)) == 1)
        try await own.add("a", score: 1, toSet: "set")
        #expect(try await own.withLock("lock") { $0.token } == 1)
        await #expect { try await other.set("key", 1) } throws: { ($0 as? DatabaseError)?.message.hasPrefix("NOPERM") == true }
        await #expect(throws: DatabaseError.self) { try await other.get("key") }
        await store.close()
    }

    @Test func aServerWithACertificateIsTrustedByItsAuthority() async throws {
        let folder = try TemporaryFolder()
        try await makeCertificate(in: folder)
        let port = try freePort()
        let server = try await RedisServer.start(
            [
                "--tls-port", "\(port)", "--port", "0", "--tls-cert-file", folder.file("cert.pem"), "--tls-key-file",
                folder.file("key.pem"),
                "--tls-ca-cert-file", folder.file("cert.pem"), "--tls-auth-clients", "no", "--requirepass", "secret",
            ])
        for host in ["127.0.0.1", "localhost"] {
            let store = try await RedisStore.open("rediss://:secret@\(host):\(port)/0?ca=\(folder.file("cert.pem"))")
            try await store.put("key", Array(repeating: 7, count: StoreLimits.valueBytes), ttl: nil, if: .always)
            #expect(try await store.get("key")?.bytes.count == StoreLimits.valueBytes)
            await store.close()
        }
        for (url, reason) in [
            ("rediss://:secret@127.0.0.1:\(port)", "the certificate is not trusted"),
            ("rediss://:secret@127.0.0.1:\(port)?ca=/dev/null", "certificates"),
            ("redis://:secret@127.0.0.1:\(port)", "a Redis server that can be reached"),
        ] {
            do {
                _ = try await RedisStore.open(url)
                Issue.record("\(url) was opened")
            } catch let error as ConfigurationError {
                #expect(error.message.contains(reason) && !error.message.contains("secret"), "\(error)")
            }
        }
        _ = server
    }

    private func makeCertificate(in folder: TemporaryFolder) async throws {
        let made = try await Tool.run(
            "openssl",
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
                "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem",
            ], in: folder.url)
        try #require(made.status == 0, "\(made.output)")
    }

    @Test func aServerWhoseRoleMayNotBeAskedForIsLetGo() async throws {
        let server = try await ScriptedServer.redis { $0 == "ROLE" ? "-NOPERM this user has no permissions to run 'role'\r\n" : nil }
        let sentinel = try await ScriptedServer.redis { name in
            name == "SENTINEL" ? "*2\r\n$9\r\n127.0.0.1\r\n$\("\(server.port)".utf8.count)\r\n\(server.port)\r\n" : nil
        }
        await #expect { try await RedisStore.open("redis+sentinel://127.0.0.1:\(sentinel.port)/main") } throws: {
            ($0 as? ConfigurationError)?.message.contains("lacks a permission") == true
        }
        #expect(server.opened == 1)
        try await eventually("the connections are closed") { server.open == 0 && sentinel.open == 0 }
        await server.stop()
        await sentinel.stop()
    }

    @Test func theSentinelsTellWhichServerIsTheMaster() async throws {
        let master = try await RedisServer.start()
        let replica = try await RedisServer.start(["--replicaof", "127.0.0.1 \(master.port)"])
        let folder = try TemporaryFolder()
        let settings = """
            sentinel monitor main 127.0.0.1 \(master.port) 1
            sentinel down-after-milliseconds main 3000
            sentinel failover-timeout main 2000
            """
        try settings.write(toFile: folder.file("sentinel.conf"), atomically: true, encoding: .utf8)
        let sentinel = try await RedisServer.start([folder.file("sentinel.conf"), "--sentinel"], in: folder)
        let down = try freePort()
        let store = try await RedisStore.open("redis+sentinel://127.0.0.1:\(down),127.0.0.1:\(sentinel.port)/main/0")
        try await store.set("key", 1)
        // Only a replica that is known can take over, and it must have the value.
        try await eventually("the replica has the value") { try await replica.command("EXISTS", "v:key") == "1" }
        try await eventually("the sentinel knows the replica") {
            try await sentinel.command("SENTINEL", "REPLICAS", "main").contains("\(replica.port)")
        }
        master.kill()
        try await healed { try await store.set("other", 2) }
        #expect(try await store.get("key", as: Int.self) == 1)
        #expect(try await replica.command("EXISTS", "v:other") == "1")
        await store.close()
        await #expect(throws: ConfigurationError.self) {
            try await RedisStore.open("redis+sentinel://127.0.0.1:\(sentinel.port)/unknown")
        }
    }
}
