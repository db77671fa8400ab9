import Foundation
import Roost
import RoostEvents
import RoostEventsTesting
import RoostHTTP
import RoostSQLite
import RoostSystem
import RoostSystemTesting
import Testing

@testable import RoostEventsService

/// Programs that poll, hang, give up and leave.
@Suite(.timeLimit(.minutes(5))) struct EventsServiceTests {
    @Test func anEventIsPublishedDeliveredAndSettled() async throws {
        try await ServingEvents.run { serving in
            let joined = try await serving.api.join(group: "mail", NewGroupMember(topics: [ServingEvents.topic]))
            #expect(joined.idleSeconds == 30)
            let sent = try await serving.publish()
            let items = try await serving.events(1, to: joined.member)
            #expect(items.map(\.event.id) == sent.map(\.id) && items[0].event.data == sent[0].data)
            #expect(items[0].event.partitionkey == "key" && !items[0].isRedelivered && items[0].generation == 0 && items[0].fault == nil)
            try await serving.settle(items, by: joined.member)
            try await serving.api.leave(group: "mail", member: joined.member)
            let later = try await serving.publish(), next = try await serving.join()
            #expect(try await serving.events(1, to: next).map(\.event.id) == later.map(\.id))
        }
    }

    @Test func aPollWithoutEventsEndsWhenItsTimeIsOver() async throws {
        try await ServingEvents.run { serving in
            let member = try await serving.idleMember()
            let poll = Task { try await serving.deliveries(member, wait: 20) }
            try await serving.waitForPolls(1, of: member)
            let start = serving.clock.uptime
            try await serving.clock.advance(by: .seconds(1), until: "the poll's end") { try await serving.polls(of: member) == 0 }
            #expect(try await poll.value == MemberDeliveries())
            #expect(serving.clock.uptime - start >= .seconds(20))
        }
    }

    @Test func aSecondPollEndsTheFirst() async throws {
        try await ServingEvents.run { serving in
            let member = try await serving.idleMember()
            let first = Task { try await serving.deliveries(member) }
            try await serving.waitForPolls(1, of: member)
            let second = Task { try await serving.deliveries(member) }
            let problem = await #expect(throws: Problem.self) { try await first.value }
            #expect(problem?.status == .conflict)
            let sent = try await serving.publish()
            #expect(try await second.value.items.map(\.event.id) == sent.map(\.id))
        }
    }

    @Test func aPollThatIsAbandonedLosesNothing() async throws {
        try await ServingEvents.run { serving in
            let member = try await serving.idleMember()
            for _ in 0..<3 {
                let abandoned = Task { try await serving.deliveries(member) }
                try await serving.waitForPolls(1, of: member)
                abandoned.cancel()
                try await serving.waitForPolls(0, of: member)
                // The bus still waits on behalf of that poll.
                let sent = try await serving.publish(2)
                let items = try await serving.events(2, to: member)
                #expect(items.map(\.event.id) == sent.map(\.id) && items.allSatisfy { !$0.isRedelivered })
                try await serving.settle(items, by: member)
            }
        }
    }

    @Test func noMoreThanTheCapacityIsDelivered() async throws {
        try await ServingEvents.run([.events(on: TestEventBus()), .sqlite]) { serving in
            let member = try await serving.join(capacity: 2), sent = try await serving.publish(3)
            let first = try await serving.events(2, to: member)
            #expect(first.map(\.event.id) == sent.prefix(2).map(\.id))
            #expect(try await serving.deliveries(member, wait: 0) == MemberDeliveries())
            try await serving.settle(first, by: member)
            #expect(try await serving.events(1, to: member).map(\.event.id) == [sent[2].id])
        }
    }

    @Test func whatAnIdleMemberHasNotSettledGoesToAnother() async throws {
        try await ServingEvents.run { serving in
            let hanging = try await serving.join(), sent = try await serving.publish(2)
            let items = try await serving.events(2, to: hanging)
            try await serving.settle([items[0]], by: hanging)
            try await serving.clock.advance(by: .seconds(5), until: "the member leaves") {
                (try? await serving.members.member(hanging, of: "mail")) == nil
            }
            #expect(serving.clock.uptime >= .seconds(30))
            let problem = await #expect(throws: Problem.self) { try await serving.settle([items[1]], by: hanging) }
            #expect(problem?.status == .notFound)
            let other = try await serving.join(), again = try await serving.events(1, to: other)
            #expect(again.map(\.event.id) == [sent[1].id] && again[0].isRedelivered)
        }
    }

    @Test func aMemberThatWaitsOrSettlesIsNotIdle() async throws {
        try await ServingEvents.run { serving in
            let waiting = try await serving.idleMember(), settling = try await serving.idleMember(of: "other")
            let poll = Task { try await serving.deliveries(waiting) }
            try await serving.waitForPolls(1, of: waiting)
            let remote = try await serving.members.member(waiting, of: "mail"),
                other = try await serving.members.member(settling, of: "other")
            serving.clock.advance(by: .seconds(29))
            try await serving.api.settle(group: "other", member: settling, SettledDeliveries(deliveries: ["1.1.1"]))
            serving.clock.advance(by: .seconds(0.5))
            let isWaitingIdle = await remote.isIdle(for: .seconds(29)), isSettlingIdle = await other.isIdle(for: .seconds(29))
            #expect(!isWaitingIdle && !isSettlingIdle)
            poll.cancel()
            _ = await poll.result
        }
    }

    @Test func stoppingEndsThePollsAndGivesTheEventsBack() async throws {
        let bus = TestEventBus(), folder = try TemporaryFolder()
        let system = ServiceSystem("test", drivers: [.events(on: bus), .sqlite]) { EventsService() }
        let settings = Settings(["DATA_DIR": folder.path, "PORT": "0", "SERVICE_KEY": ServingEvents.key])
        let running = try await RunningServices.start(system, settings: settings, grace: .seconds(3600))
        let result = try await running.run { () -> (Task<MemberDeliveries, any Error>, EventPublication) in
            let http = PooledHTTPClient(), port = try #require(await running.ports["events"])
            let client = HTTPTestClient(
                http, to: HTTPAddress(host: "127.0.0.1", port: port), as: .service("tests"), serviceKey: ServingEvents.key)
            let api = client.calling(EventsAPIContract.self)
            let member = try await api.join(group: "mail", NewGroupMember(topics: [ServingEvents.topic])).member
            let sent = EventPublication(
                events: [try CloudEvent(EventEnvelope(source: "orders", topic: ServingEvents.topic, key: "1", data: Array("1".utf8)))])
            try await api.publish(sent)
            var items: [DeliveredEvent] = []
            while items.isEmpty { items = try await api.deliveries(group: "mail", member: member, wait: 30).items }
            let poll = Task {
                defer { http.shutdown() }
                return try await api.deliveries(group: "mail", member: member, wait: 30)
            }
            return (poll, sent)
        }
        // The poll has ended long before the requests in progress would be cut off, which is after an hour here.
        await #expect(throws: (any Error).self) { try await result.0.value }
        let next = try await bus.join(GroupMembership("mail", topics: [ServingEvents.topic]))
        let again = try await next.deliveries(1)
        #expect(again.map(\.envelope.id) == result.1.events.map(\.id) && again[0].isRedelivered)
    }
}
