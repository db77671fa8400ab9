import Roost
import RoostEvents
import RoostEventsTesting
import RoostTesting
import TestTools
import Testing

@testable import RoostKafka

@Suite(.timeLimit(.minutes(5))) struct KafkaMemberTests {
    @Test func whatAMemberThatLeftHadReceivedIsNotTold() async throws {
        let fixture = try await Fixture(), events = (0..<3).map { Fixture.event($0) }
        let first = try await fixture.join()
        try await fixture.bus.publish(events)
        let deliveries = try await first.deliveries(3)
        await first.settle(deliveries[0].id)
        await first.drain()
        let second = try await fixture.join()
        let again = try await second.deliveries(2)
        #expect(again.map(\.envelope.id) == events.dropFirst().map(\.id))
        #expect(again.allSatisfy { !$0.isRedelivered }, "it has left in order")
        await second.drain()
        await fixture.bus.close()
    }

    @Test func whatAMemberThatGaveUpHadReceivedIsTold() async throws {
        let fixture = try await Fixture(), events = (0..<3).map { Fixture.event($0) }
        let first = try await fixture.join()
        try await fixture.bus.publish(events)
        let deliveries = try await first.deliveries(3)
        await first.settle(deliveries[0].id)
        await first.abandon()
        let second = try await fixture.join()
        let again = try await second.deliveries(2)
        #expect(again.map(\.envelope.id) == events.dropFirst().map(\.id), "what it had settled is recorded")
        #expect(again.allSatisfy { $0.isRedelivered }, "a handler of it may still be at work")
        await second.drain()
        await fixture.bus.close()
    }

    @Test func whatAMemberThatWasKilledMayHaveReceivedIsToldUntilItIsSettled() async throws {
        let fixture = try await Fixture(timing: .short), events = (0..<3).map { Fixture.event($0) }
        let first = try await fixture.join()
        try await fixture.bus.publish(events)
        _ = try await first.deliveries(3)
        await first.crash()
        let second = try await fixture.join()
        let again = try await second.deliveries(3)
        #expect(again.map(\.isRedelivered) == [true, true, true])
        for delivery in again { await second.settle(delivery.id) }
        await second.drain()
        let next = Fixture.event(3)
        try await fixture.bus.publish([next])
        let third = try await fixture.join()
        let last = try await third.deliveries(1)
        #expect(last.map(\.envelope.id) == [next.id] && last.map(\.isRedelivered) == [false])
        await third.drain()
        await fixture.bus.close()
    }

    @Test func aSlowLaneLeavesRoomToOthers() async throws {
        let fixture = try await Fixture()
        let member = try await fixture.join(capacity: 8)
        // More than the lane may have, and none of them is settled.
        try await fixture.bus.publish((0..<100).map { Fixture.event($0) })
        var slow: Lane?, count = 0
        for delivery in try await member.deliveries(2) {
            slow = delivery.lane
            count += 1
        }
        let others = (0..<40).map { Fixture.event($0, key: "other \($0)") }
        try await fixture.bus.publish(others)
        var seen: Set<String> = []
        while seen.isEmpty {
            for delivery in try await member.deliveries(1) {
                #expect(delivery.lane != slow, "the slow lane gets no more than its part")
                seen.insert(delivery.envelope.id)
                await member.settle(delivery.id)
            }
        }
        #expect(count == 2)
        await member.drain()
        await fixture.bus.close()
    }

    @Test func theFirstEventsOfLanesAreDeliveredOnlyAsFarAsThereIsRoom() async throws {
        let fixture = try await Fixture(), events = (0..<40).map { Fixture.event($0, key: "key \($0)") }
        try await fixture.bus.publish(events)
        // The first event of each of the eight lanes waits for the commit that records the owner.
        let member = try await fixture.join(capacity: 4)
        var deliveries: [Delivery] = []
        while deliveries.count < 4 {
            for case .delivered(let delivery) in try await member.next() { deliveries.append(delivery) }
        }
        #expect(deliveries.count == 4 && Set(deliveries.map(\.lane)).count == 4)
        #expect(await member.lanes.room == 0)
        for delivery in deliveries { await member.settle(delivery.id) }
        var ids = Set(deliveries.map(\.envelope.id))
        while ids.count < events.count {
            for case .delivered(let delivery) in try await member.next() {
                ids.insert(delivery.envelope.id)
                await member.settle(delivery.id)
            }
            #expect(await member.lanes.room >= 0)
        }
        await member.drain()
        await fixture.bus.close()
    }

    @Test func aCommitThatFailedIsNotSentAgainWithoutAPause() async throws {
        var timing = KafkaTiming.quick
        timing.commitPause = .seconds(3600)
        let fixture = try await Fixture(timing: timing), events = (0..<40).map { Fixture.event($0) }
        let member = try await fixture.join()
        try await fixture.bus.publish(events)
        // The commit that records the owner of the lane has been made.
        let deliveries = try await member.deliveries(40)
        try await fixture.cluster.fail(.offsetCommit, .commitRefused)
        for delivery in deliveries.prefix(32) { await member.settle(delivery.id) }
        try await eventually("the commit has failed") { await member.retryTime > .now }
        #expect(await member.commit == nil)
        for delivery in deliveries[32...] { await member.settle(delivery.id) }
        #expect(await member.commit == nil, "it waits, however much is settled")
        // Who leaves does not wait.
        await member.drain()
        let next = try await fixture.join()
        try await fixture.bus.publish([Fixture.event(40)])
        #expect(try await next.deliveries(1).map(\.isRedelivered) == [false])
        await next.drain()
        await fixture.bus.close()
    }

    @Test func aHandlerThatHangsHoldsUpItsLaneOnlyForAWhile() async throws {
        let fixture = try await Fixture(), sent = Fixture.event(1)
        let first = try await fixture.join()
        try await fixture.bus.publish([sent])
        let stuck = try await first.deliveries(1)
        let second = try await fixture.join()
        // It is told at once that the lane is to move, and that it has moved after the time for the hand-over.
        let lane = stuck[0].lane
        async let again = second.deliveries(1)
        var told: [BusEvent] = []
        while !told.contains(.lost(lane)) { told += try await first.next().filter { [.revoked(lane), .lost(lane)].contains($0) } }
        #expect(told == [.revoked(lane), .lost(lane)])
        await first.drain()
        let received = try await again
        #expect(received.map(\.envelope.id) == [sent.id] && received.map(\.isRedelivered) == [true], "its handler may be why")
        await first.settle(stuck[0].id)
        await second.drain()
        await fixture.bus.close()
    }

    @Test func aMemberWhoseTasksHangLeavesTheGroup() async throws {
        var timing = KafkaTiming.short
        timing.poll = timing.session
        let fixture = try await Fixture(timing: timing), sent = Fixture.event(1)
        let first = try await fixture.join()
        try await fixture.bus.publish([sent])
        _ = try await first.deliveries(1)
        await first.suspend()
        let second = try await fixture.join()
        let again = try await second.deliveries(1)
        #expect(again.map(\.envelope.id) == [sent.id] && again.map(\.isRedelivered) == [true])
        await second.drain()
        await first.crash()
        await fixture.bus.close()
    }

    @Test func theAgeOfALaneIsThatOfItsOldestDeliveryThatIsNotSettled() async throws {
        let fixture = try await Fixture()
        let member = try await fixture.join()
        try await fixture.bus.publish([Fixture.event(1), Fixture.event(2)])
        let deliveries = try await member.deliveries(2)
        await member.settle(deliveries[1].id)
        let ages = await member.ages()
        #expect(Set(ages.keys) == [deliveries[0].lane])
        await member.settle(deliveries[0].id)
        #expect(await member.ages().isEmpty)
        await member.drain()
        await fixture.bus.close()
    }

    @Test(arguments: [
        (KafkaCluster.Request.fetch, KafkaCluster.Fault.notLeader), (.fetch, .cut), (.offsetCommit, .coordinatorLoading),
        (.offsetCommit, .notCoordinator), (.offsetCommit, .cut), (.joinGroup, .coordinatorLoading), (.joinGroup, .notCoordinator),
        (.offsetFetch, .coordinatorLoading), (.findCoordinator, .notCoordinator), (.heartbeat, .notCoordinator),
        (.syncGroup, .notCoordinator),
    ])
    func errorsOfTheClusterLoseNothing(_ request: KafkaCluster.Request, _ fault: KafkaCluster.Fault) async throws {
        let fixture = try await Fixture(), events = (0..<20).map { Fixture.event($0, key: "\($0)") }
        try await fixture.bus.publish(Array(events[..<10]))
        try await fixture.cluster.fail(request, fault, fault)
        let member = try await fixture.join()
        var ids: Set<String> = []
        for delivery in try await member.deliveries(10) {
            ids.insert(delivery.envelope.id)
            await member.settle(delivery.id)
        }
        try await fixture.cluster.fail(request, fault)
        try await fixture.bus.publish(Array(events[10...]))
        while ids.count < 20 {
            for delivery in try await member.deliveries(1) {
                ids.insert(delivery.envelope.id)
                await member.settle(delivery.id)
            }
        }
        #expect(ids == Set(events.map(\.id)))
        await member.drain()
        await fixture.bus.close()
    }

    @Test func theCoordinatorMoves() async throws {
        let fixture = try await Fixture(), group = try #require(KafkaURL(fixture.url)).names.kafkaGroup(of: Fixture.group)
        let member = try await fixture.join()
        for (number, broker) in [1, 3, 2].enumerated() {
            let sent = Fixture.event(number)
            try await fixture.cluster.coordinate(group, by: broker)
            try await fixture.bus.publish([sent])
            var ids: [String] = []
            while !ids.contains(sent.id) {
                for delivery in try await member.deliveries(1) {
                    ids.append(delivery.envelope.id)
                    await member.settle(delivery.id)
                }
            }
        }
        await member.drain()
        await fixture.bus.close()
    }

    @Test func aMemberThatIsForgottenIsFreed() async throws {
        let fixture = try await Fixture()
        var member: KafkaGroupMember? = try await fixture.join()
        let freed = await member?.client?.freed
        member = nil
        await freed?.wait()
        await fixture.bus.close()
    }
}
