import Roost
import RoostEvents
import RoostEventsTesting
import RoostTesting
import TestTools
import Testing

@testable import RoostKafka

@Suite(.timeLimit(.minutes(5))) struct KafkaPublishTests {
    /// Receives everything that was published, and checks that nothing is missing, doubled or out of order.
    private func expectOnce(_ events: [EventEnvelope], in fixture: Fixture) async throws {
        let last = Fixture.event(-1)
        try await fixture.publishAtLast([last])
        let member = try await fixture.join(), keys = Set(events.map(\.key))
        let received = try await member.deliveries(events.count + 1).map(\.envelope).filter { $0.id != last.id }
        for key in keys { #expect(received.filter { $0.key == key }.map(\.id) == events.filter { $0.key == key }.map(\.id)) }
        #expect(received.count == events.count)
        await member.drain()
        await fixture.bus.close()
    }

    /// The acknowledgements of other requests can be lost with the connection. The mock cluster does not compare the numbers by which a real one
    /// recognizes the second copy.
    @Test func whatWasOnItsWayWhenAConnectionWasCutIsSentAgainInOrder() async throws {
        let fixture = try await Fixture(), events = (0..<40).map { Fixture.event($0, key: "\($0 % 4)") }
        try await fixture.cluster.fail(.produce, .cut, .cut, .cut)
        try await fixture.bus.publish(events)
        let member = try await fixture.join()
        var first: [EventEnvelope] = [], seen: Set<String> = []
        while first.count < events.count {
            for delivery in try await member.deliveries(1) {
                if seen.insert(delivery.envelope.id).inserted { first.append(delivery.envelope) }
                await member.settle(delivery.id)
            }
        }
        for key in Set(events.map(\.key)) {
            #expect(first.filter { $0.key == key }.map(\.id) == events.filter { $0.key == key }.map(\.id))
        }
        await member.drain()
        await fixture.bus.close()
    }

    @Test(arguments: [KafkaCluster.Fault.notLeader, .requestTimedOut, .notEnoughReplicas])
    func whatMayPassIsTriedAgain(_ fault: KafkaCluster.Fault) async throws {
        // The mock cluster keeps both copies of what it did not acknowledge in time.
        let fixture = try await Fixture("&timeout=90"), events = (0..<40).map { Fixture.event($0, key: "\($0 % 4)") }
        try await fixture.cluster.fail(.produce, fault, fault, fault)
        // One event of a key at a time: the mock cluster takes a second request after it has refused the first.
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for own in Dictionary(grouping: events, by: \.key).values {
                tasks.addTask { for event in own { try await fixture.bus.publish([event]) } }
            }
            try await tasks.waitForAll()
        }
        try await expectOnce(events, in: fixture)
    }

    /// The mock cluster does not compare the numbers by which a real one recognizes the second copy.
    @Test func anAcknowledgementThatIsLostIsNoFailure() async throws {
        let fixture = try await Fixture("&timeout=30"), sent = Fixture.event(1)
        try await fixture.bus.publish([Fixture.event(0)])
        // The cluster writes the record, and answers after the producer has cut the connection and sent it again.
        for broker in 1...3 { try await fixture.cluster.delay(.produce, by: 15_000, at: broker) }
        try await fixture.bus.publish([sent])
        let member = try await fixture.join()
        #expect(try await member.deliveries(2).last?.envelope.id == sent.id)
        await member.drain()
        await fixture.bus.close()
    }

    @Test func theLeaderMoves() async throws {
        let fixture = try await Fixture("&timeout=90"), events = (0..<30).map { Fixture.event($0) }
        try await fixture.bus.publish(Array(events[..<10]))
        for partition in 0..<4 { try await fixture.cluster.lead(fixture.topic, partition, by: 1) }
        try await fixture.bus.publish(Array(events[10..<20]))
        for partition in 0..<4 { try await fixture.cluster.lead(fixture.topic, partition, by: 3) }
        try await fixture.bus.publish(Array(events[20...]))
        try await expectOnce(events, in: fixture)
    }

    @Test func brokersStopAndReturnWhileEventsArePublished() async throws {
        let fixture = try await Fixture("&timeout=10"), rounds = 30
        let member = try await fixture.join()
        var sent: [String: [String]] = [:]
        for round in 0..<rounds {
            switch round {
            // The mock cluster elects no leader by itself.
            case 5:
                try await fixture.cluster.stop(1)
                for partition in 0..<4 { try await fixture.cluster.lead(fixture.topic, partition, by: 2) }
            case 10: for broker in 2...3 { try await fixture.cluster.stop(broker) }
            case 20:
                try await fixture.cluster.stop(2)
                for partition in 0..<4 { try await fixture.cluster.lead(fixture.topic, partition, by: 3) }
            default: break
            }
            let events = (0..<8).map { Fixture.event(round, key: "\($0)") }
            for event in events { sent[event.key, default: []].append(event.id) }
            if round == 10 {
                // Nothing is taken while no broker is there.
                let error = await #expect(throws: Problem.self) { try await fixture.bus.publish(events) }
                #expect(error?.status == .unavailable)
                for broker in 1...3 { try await fixture.cluster.resume(broker) }
            }
            if round == 22 { try await fixture.cluster.resume(2) }
            try await fixture.publishAtLast(events)
        }
        var received: [String: [String]] = [:], seen: Set<String> = []
        while seen.count < rounds * 8 {
            for delivery in try await member.deliveries(1) {
                if seen.insert(delivery.envelope.id).inserted { received[delivery.envelope.key, default: []].append(delivery.envelope.id) }
                await member.settle(delivery.id)
            }
        }
        #expect(received == sent, "no event is lost, and those of a key come in order")
        await member.drain()
        await fixture.bus.close()
    }

    @Test func aClusterThatIsAwayIsATransientFailureInTime() async throws {
        let fixture = try await Fixture()
        let hasty = KafkaEventBus(try #require(KafkaURL(fixture.cluster.url("&timeout=1"))), .quick)
        try await eventually("it is connected") { (try? await hasty.publish([Fixture.event(1)])) != nil }
        for broker in 1...3 { try await fixture.cluster.stop(broker) }
        let error = await #expect(throws: Problem.self) { try await hasty.publish([Fixture.event(2)]) }
        #expect(error?.status == .unavailable && error.map { FailureKind(of: $0) } == .transient)
        let other = await #expect(throws: Problem.self) { try await hasty.join(GroupMembership("g", topics: ["other.a"])) }
        #expect(other?.status == .unavailable)
        for bus in [hasty, fixture.bus] { await bus.close() }
    }

    @Test func anEventThatIsTooLargeForTheTopicIsRefusedForGoodAndOthersAreNot() async throws {
        let fixture = try await Fixture()
        try await fixture.bus.publish([Fixture.event(0)])
        // Alone, it cannot have been the others of its batch.
        var large = Fixture.event(1)
        large.data = Array("\"\(String(repeating: "x", count: 300_000))\"".utf8)
        try await fixture.cluster.fail(.produce, .messageTooLarge)
        let error = await #expect(throws: Problem.self) { try await fixture.bus.publish([large]) }
        #expect(error?.status == .contentTooLarge && error.map { FailureKind(of: $0) } == .permanent)
        #expect(error?.detail?.contains("max.message.bytes") == true)
        let next = Fixture.event(2)
        try await fixture.bus.publish([next])
        let member = try await fixture.join()
        #expect(try await member.deliveries(2).last?.envelope.id == next.id)
        await member.drain()
        await fixture.bus.close()
    }

    @Test(arguments: [KafkaCluster.Fault.messageTooLarge, .invalidRecord])
    func aBatchThatIsRefusedIsSentInParts(_ fault: KafkaCluster.Fault) async throws {
        let fixture = try await Fixture(), events = (0..<20).map { Fixture.event($0) }
        try await fixture.bus.publish([Fixture.event(100, key: "other")])
        try await fixture.cluster.fail(.produce, fault)
        try await fixture.bus.publish(events)
        let end = Fixture.event(20), member = try await fixture.join()
        try await fixture.bus.publish([end])
        var received: [String] = []
        while !received.contains(end.id) {
            for delivery in try await member.deliveries(1) {
                if delivery.envelope.key == end.key { received.append(delivery.envelope.id) }
                await member.settle(delivery.id)
            }
        }
        // If librdkafka made two requests of the batch, the mock cluster takes the second one, which a real one refuses. Then its events come before
        // those of the first. Within each of the two parts, they are in order.
        let numbers = received.dropLast().compactMap { id in events.firstIndex { $0.id == id } }
        #expect(received.last == end.id && Set(numbers) == Set(events.indices))
        #expect(zip(numbers, numbers.dropFirst()).count { $0 + 1 != $1 } <= 1)
        await member.drain()
        await fixture.bus.close()
    }

    @Test(arguments: [(KafkaCluster.Fault.messageTooLarge, Status.contentTooLarge), (.invalidRecord, .unprocessable)])
    func aSmallEventThatIsRefusedAloneIsRefusedForGood(_ fault: KafkaCluster.Fault, status: Status) async throws {
        let fixture = try await Fixture()
        try await fixture.bus.publish([Fixture.event(0)])
        try await fixture.cluster.fail(.produce, fault, fault)
        let error = await #expect(throws: Problem.self) { try await fixture.bus.publish([Fixture.event(1)]) }
        #expect(error?.status == status)
        await fixture.bus.close()
    }

    @Test func aProducerWithAFatalErrorIsReplaced() async throws {
        let fixture = try await Fixture()
        try await fixture.bus.publish([Fixture.event(0)])
        try await fixture.cluster.fail(.produce, .outOfOrder)
        let next = Fixture.event(1)
        let error = await #expect(throws: Problem.self) { try await fixture.bus.publish([next]) }
        #expect(error?.status == .unavailable)
        try await fixture.bus.publish([next])
        let member = try await fixture.join()
        #expect(try await member.deliveries(2).last?.envelope.id == next.id)
        await member.drain()
        await fixture.bus.close()
    }

    @Test func moreThanTheQueueTakesWaitsForRoom() async throws {
        let fixture = try await Fixture("&timeout=60")
        // The queue has 64 MiB.
        let filler = String(repeating: "x", count: 1_000_000)
        let events = (0..<80).map { number in
            var event = Fixture.event(number, key: "\(number)")
            event.data = Array("\"\(filler)\"".utf8)
            return event
        }
        try await fixture.bus.publish(events)
        await fixture.bus.close()
    }

    @Test func aCallThatIsCancelledReturns() async throws {
        let fixture = try await Fixture()
        try await fixture.bus.publish([Fixture.event(0)])
        for broker in 1...3 { try await fixture.cluster.stop(broker) }
        let task = Task { try await fixture.bus.publish([Fixture.event(1)]) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
