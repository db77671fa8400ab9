import Roost
import RoostStore
import Synchronization
import TestTools
import Testing

@testable import RoostRedis

@Suite(.timeLimit(.minutes(5))) struct ChannelTests {
    @Test func aSubscriptionGoesOnAfterAReconnectWithAGap() async throws {
        let proxy = try await CuttingProxy.start(to: RedisServer.shared.port)
        let url = try await RedisServer.shared.url(), number = url.split(separator: "/").last ?? "0"
        let store = try await RedisStore.open("redis://127.0.0.1:\(proxy.port)/\(number)"), other = try await RedisStore.open(url)
        let subscription = try await store.subscribe(to: "channel/reconnect")
        var events = subscription.makeAsyncIterator()
        for round in 0..<5 as Range<UInt8> {
            try await other.publish([round], to: "channel/reconnect")
            #expect(try await events.next() == .message([round]))
            proxy.cutAll()
            #expect(try await events.next() == .gap)
        }
        try await other.publish([9], to: "channel/reconnect")
        #expect(try await events.next() == .message([9]))
        await store.close()
        #expect(try await events.next() == nil)
        await other.close()
        await proxy.stop()
    }

    @Test func aSubscriptionWaitsForTheServerToComeBack() async throws {
        let server = try await RedisServer.start(), store = try await RedisStore.open(server.url())
        let subscription = try await store.subscribe(to: "channel")
        var events = subscription.makeAsyncIterator()
        server.kill()
        try await server.start()
        #expect(try await events.next() == .gap)
        try await healed { try await store.publish([1], to: "channel") }
        #expect(try await events.next() == .message([1]))
        await store.close()
    }

    @Test func aSubscriptionThatBeginsWhileAnotherOneEndsGetsItsMessages() async throws {
        let store = try await RedisStore.open(RedisServer.shared.url())
        for round in 0..<300 {
            let first = Mutex<ChannelSubscription?>(try await store.subscribe(to: "channel/race"))
            async let ending: Void = Task.detached { first.withLock { $0 = nil } }.value
            let second = try await store.subscribe(to: "channel/race")
            await ending
            try await store.publish([1], to: "channel/race")
            var events = second.makeAsyncIterator()
            #expect(try await events.next() == .message([1]), "round \(round)")
        }
        await store.close()
    }

    @Test func aMessageStaysInItsDatabase() async throws {
        let server = try await RedisServer.start()
        let store = try await RedisStore.open(server.url()), other = try await RedisStore.open(server.url())
        var events = try await store.subscribe(to: "channel").makeAsyncIterator()
        try await other.publish([1], to: "channel")
        try await store.publish([2], to: "channel")
        #expect(try await events.next() == .message([2]))
        await store.close()
        await other.close()
    }

    @Test func aChannelThatIsForbiddenIsRefused() async throws {
        let server = try await RedisServer.start()
        try await server.command("ACL", "SETUSER", "carts", "on", ">secret", "~?:carts:*", "&carts:*", "+@all", "-@dangerous")
        let store = try await RedisStore.open("redis://carts:secret@127.0.0.1:\(server.port)/0")
        await #expect { try await store.subscribe(to: "orders:a") } throws: { $0 is DatabaseError }
        let subscription = try await store.subscribe(to: "carts:a")
        try await store.publish([1], to: "carts:a")
        var events = subscription.makeAsyncIterator()
        #expect(try await events.next() == .message([1]))
        await store.close()
    }
}
