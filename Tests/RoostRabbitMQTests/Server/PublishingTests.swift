import Foundation
import Roost
import RoostEvents
import RoostEventsTesting
import RoostTesting
import TestTools
import Testing

@testable import RoostRabbitMQ

@Suite(.timeLimit(.minutes(5))) struct PublishingTests {
    @Test func anEventOfNoGroupIsTakenAndGoesToNobody() async throws {
        let url = try await RabbitMQServer.shared.url(), bus = try await RabbitMQTesting.patiently { try await RabbitMQEventBus.open(url) }
        try await bus.publish([RabbitMQTesting.event(1)])
        await bus.close()
    }

    @Test func aGroupThatWasDeclaredGetsWhatWasPublishedBeforeItsFirstMember() async throws {
        let bus = try await RabbitMQTesting.open(try await RabbitMQServer.shared.url())
        try await bus.publish([RabbitMQTesting.event(1)])
        let member = try await RabbitMQTesting.join(bus)
        #expect(try await member.deliveries(1).map(\.envelope.id) == ["1"])
        await member.drain()
        await bus.close()
    }

    @Test func queuesThatWereDeletedAreDeclaredAgainAndNothingIsTakenMeanwhile() async throws {
        let server = try await RabbitMQServer.shared, url = server.url(), bus = try await RabbitMQTesting.open(url)
        let event = RabbitMQTesting.event(1), prefix = try #require(RabbitMQURL(url)?.names.prefix)
        try await server.control("delete_queue", "\(prefix).polls.\(KeyLane.lane(of: event.key))")
        await #expect(throws: TransportError.self) { try await bus.publish([event]) }
        try await eventually("the event is taken") { (try? await bus.publish([event])) != nil }
        let member = try await RabbitMQTesting.join(bus)
        #expect(try await member.deliveries(1).map(\.envelope.id) == ["1"])
        await member.drain()
        await bus.close()
    }

    @Test func anExchangeThatWasDeletedIsDeclaredAgainAndNoEventIsBlamed() async throws {
        let server = try await RabbitMQServer.shared, url = server.url(), bus = try await RabbitMQTesting.open(url)
        let exchange = try #require(RabbitMQURL(url)?.names.exchange)
        try await server.control(
            "eval", "rabbit_exchange:delete(rabbit_misc:r(<<\"/\">>, exchange, <<\"\(exchange)\">>), false, <<\"test\">>).")
        try await eventually("the event is taken") {
            do {
                try await bus.publish([RabbitMQTesting.event(1)])
                return true
            } catch {
                #expect(FailureKind(of: error) == .transient, "\(error)")
                return false
            }
        }
        let member = try await RabbitMQTesting.join(bus)
        #expect(try await member.deliveries(1).map(\.envelope.id) == ["1"])
        await member.drain()
        await bus.close()
    }

    @Test func aRightThatIsWithdrawnIsWaitedForAndNoEventIsBlamed() async throws {
        let server = try await RabbitMQServer.shared
        try await server.control("add_user", "writer", "pencil")
        try await server.control("set_permissions", "writer", ".*", ".*", ".*")
        let bus = try await RabbitMQTesting.open(server.url("writer:pencil"))
        try await bus.publish([RabbitMQTesting.event(1)])
        try await server.control("set_permissions", "writer", ".*", "", ".*")
        // A channel remembers the rights that it looked up.
        try await server.control("close_all_user_connections", "writer", "test")
        try await eventually("the event is refused") {
            do {
                try await bus.publish([RabbitMQTesting.event(2)])
                return false
            } catch {
                #expect(error is ConfigurationError || FailureKind(of: error) == .transient, "\(error)")
                return "\(error)".contains("ACCESS_REFUSED")
            }
        }
        try await server.control("set_permissions", "writer", ".*", ".*", ".*")
        try await eventually("the event is taken") { (try? await bus.publish([RabbitMQTesting.event(2)])) != nil }
        await bus.close()
    }

    @Test func whatALostConnectionHasNotConfirmedIsPublishedAgain() async throws {
        let server = try await RabbitMQServer.shared, proxy = try await CuttingProxy.start(to: server.port)
        let bus = try await RabbitMQTesting.open(server.url(port: proxy.port))
        try await bus.publish([RabbitMQTesting.event(0)])
        let events = (1...20).map { RabbitMQTesting.event($0) }
        let passed = proxy.passed(.fromServer)
        // The connection ends with the first byte of the confirmations.
        proxy.cut(after: 1)
        async let published: Void = eventually("the events are published") { (try? await bus.publish(events)) != nil }
        try await eventually("the connection is cut") { proxy.passed(.fromServer) > passed }
        proxy.cut(after: nil)
        try await published
        let member = try await RabbitMQTesting.join(bus)
        var ids: [String] = []
        while Set(ids).count < 21 {
            for delivery in try await member.deliveries(1) {
                ids.append(delivery.envelope.id)
                // Each attempt may have left copies, and there is room for a limited number that is not settled.
                member.settle(delivery.id)
            }
        }
        var seen: Set<String> = []
        #expect(ids.filter { seen.insert($0).inserted } == (0...20).map(String.init), "in order, even if some come twice")
        await member.drain()
        await bus.close()
    }

    @Test func closingWhileTheConnectionIsOpenedAgainWaitsForWhatIsBeingPublished() async throws {
        let server = try await RabbitMQServer.shared, proxy = try await CuttingProxy.start(to: server.port)
        let url = server.url(port: proxy.port), bus = try await RabbitMQTesting.open(url)
        try await bus.publish([RabbitMQTesting.event(0)])
        let passed = proxy.passed(.fromServer)
        proxy.cut(after: 1)
        async let outcome = Result { try await bus.publish([RabbitMQTesting.event(1)]) }
        try await eventually("the connection is cut") { proxy.passed(.fromServer) > passed }
        async let closed: Void = bus.close()
        proxy.cut(after: nil)
        let published = await outcome
        await closed
        await #expect(throws: TransportError.self) { try await bus.publish([RabbitMQTesting.event(2)]) }
        if case .failure(let error) = published {
            // Another attempt to connect was cut too. The event is still in the outbox of whoever publishes it.
            #expect(FailureKind(of: error) == .transient && !"\(error)".contains("The event bus is closed"), "\(error)")
        } else {
            let other = try await RabbitMQTesting.open(url.replacing(":\(proxy.port)/", with: ":\(server.port)/"))
            let member = try await RabbitMQTesting.join(other)
            var ids: Set<String> = []
            while !ids.contains("1") { ids.formUnion(try await member.deliveries(1).map(\.envelope.id)) }
            await member.drain()
            await other.close()
        }
    }

    @Test func aServerThatIsBlockedIsWaitedForAndTheReasonIsTold() async throws {
        let server = try await RabbitMQServer.start(), bus = try await RabbitMQTesting.open(server.url())
        try await server.control("set_vm_memory_high_watermark", "0")
        // The first message makes the server say that it is blocked.
        let waiting = Task { try await bus.publish([RabbitMQTesting.event(1)]) }
        let failure = await waiting.result
        #expect(throws: TransportError.self) { try failure.get() }
        if case .failure(let error) = failure { #expect("\(error)".contains("takes no events: low on memory"), "\(error)") }
        async let published: Void = eventually("the event is published", within: .seconds(120)) {
            (try? await bus.publish([RabbitMQTesting.event(2)])) != nil
        }
        try await server.control("set_vm_memory_high_watermark", "0.4")
        try await published
        let member = try await RabbitMQTesting.join(bus)
        var ids: Set<String> = []
        while !ids.contains("2") { ids.formUnion(try await member.deliveries(1).map(\.envelope.id)) }
        await member.drain()
        await bus.close()
    }

    @Test func anEventThatTheServerRefusesForItsSizeHoldsUpNoOther() async throws {
        let server = try await RabbitMQServer.start(largestMessage: 65_536), bus = try await RabbitMQTesting.open(server.url())
        let large = EventEnvelope(
            id: "large", source: "test", topic: RabbitMQTesting.topic, key: "a",
            data: Array("\"\(String(repeating: "x", count: 100_000))\"".utf8))
        async let first: Void = bus.publish((1...8).map { RabbitMQTesting.event($0) })
        async let refused = Result { try await bus.publish([large]) }
        async let second: Void = bus.publish((9...16).map { RabbitMQTesting.event($0) })
        try await first
        try await second
        let outcome = await refused
        #expect(throws: Problem.self) { try outcome.get() }
        if case .failure(let error) = outcome {
            #expect(FailureKind(of: error) == .permanent && "\(error)".contains("larger than configured max size 65536"), "\(error)")
        }
        let member = try await RabbitMQTesting.join(bus)
        var ids: Set<String> = []
        while ids.count < 16 {
            for delivery in try await member.deliveries(1) {
                ids.insert(delivery.envelope.id)
                member.settle(delivery.id)
            }
        }
        #expect(!ids.contains("large"))
        await member.drain()
        await bus.close()
    }
}

extension Result where Failure == any Error, Success: Sendable {
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
