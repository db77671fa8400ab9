import Foundation
import Roost
import RoostEvents
import RoostEventsTesting
import RoostTesting
import TestTools
import Testing

@testable import RoostRabbitMQ

@Suite(.timeLimit(.minutes(5))) struct MemberTests {
    @Test func aDeletedQueueEndsTheMemberAndTheNextOneDeclaresIt() async throws {
        let server = try await RabbitMQServer.shared, url = server.url(), bus = try await RabbitMQTesting.open(url)
        let prefix = try #require(RabbitMQURL(url)?.names.prefix), member = try await RabbitMQTesting.join(bus)
        try await bus.publish([RabbitMQTesting.event(1)])
        _ = try await member.deliveries(1)
        try await server.control("delete_queue", "\(prefix).polls.5")
        let failure = await Task { try await member.next() }.result
        #expect(throws: TransportError.self) { try failure.get() }
        await member.drain()
        let next = try await RabbitMQTesting.join(bus)
        #expect(try await next.deliveries(1).map(\.envelope.id) == ["1"])
        await next.drain()
        await bus.close()
    }

    @Test func aConnectionThatFallsSilentIsGivenUp() async throws {
        let server = try await RabbitMQServer.shared, proxy = try await CuttingProxy.start(to: server.port)
        let bus = try await RabbitMQTesting.open(server.url(port: proxy.port, options: "&heartbeat=3"))
        let member = try await RabbitMQTesting.join(bus)
        proxy.set(deaf: true)
        let failure = await Task { while true { _ = try await member.next() } }.result
        #expect(throws: TransportError.self) { try failure.get() }
        if case .failure(let error) = failure { #expect("\(error)".contains("silent for 6 seconds"), "\(error)") }
        proxy.set(deaf: false)
        await bus.close()
    }

    @Test func aLaneThatIsGivenUpComesBackWithoutWhatWasSettledBefore() async throws {
        let bus = try await RabbitMQTesting.open(try await RabbitMQServer.shared.url())
        let member = try await RabbitMQTesting.join(bus)
        try await bus.publish((1...3).map { RabbitMQTesting.event($0) })
        for delivery in try await member.deliveries(3) { member.settle(delivery.id) }
        await member.drain()
        try await bus.publish([RabbitMQTesting.event(4)])
        let next = try await RabbitMQTesting.join(bus)
        #expect(try await next.deliveries(1).map(\.envelope.id) == ["4"])
        await next.drain()
        await bus.close()
    }

    @Test func theRightsThatTheGuideNamesAreEnoughForSeveralMembers() async throws {
        let server = try await RabbitMQServer.shared, url = server.url("member:pencil"),
            prefix = try #require(RabbitMQURL(url)?.names.prefix)
        try await server.control("add_user", "member", "pencil")
        let rights = "^\(prefix)\\..*"
        try await server.control("set_permissions", "member", rights, rights, rights)
        let bus = try await RabbitMQTesting.open(url), members = [try await RabbitMQTesting.join(bus), try await RabbitMQTesting.join(bus)]
        let seen = Observed<Set<Int>>([])
        let tasks = members.enumerated().map { index, member in
            Task {
                while true {
                    for case .delivered(let delivery) in try await member.next() {
                        seen.change { _ = $0.insert(index) }
                        member.settle(delivery.id)
                    }
                }
            }
        }
        try await eventually("both have lanes") {
            try await bus.publish((0..<32).map { EventEnvelope(source: "test", topic: RabbitMQTesting.topic, key: "\($0)", data: [0x31]) })
            return seen.read { $0.count == 2 }
        }
        for (task, member) in zip(tasks, members) {
            task.cancel()
            await member.drain()
        }
        await bus.close()
    }

    @Test func aServerThatTakesNoEventsIsStillReadAndLeft() async throws {
        let server = try await RabbitMQServer.start(), bus = try await RabbitMQTesting.open(server.url())
        let members = [try await RabbitMQTesting.join(bus), try await RabbitMQTesting.join(bus)]
        try await bus.publish((0..<64).map { RabbitMQTesting.event($0, key: "\($0)") })
        try await server.control("set_vm_memory_high_watermark", "0")
        // What the members announce reaches nobody now.
        let waiting = Task { try await bus.publish([RabbitMQTesting.event(64)]) }
        let tasks = members.map { member in
            Task {
                while true {
                    for case .delivered(let delivery) in try await member.next() { member.settle(delivery.id) }
                }
            }
        }
        // The command takes seconds on a busy machine, and the server counts every five seconds.
        try await eventually("the queues are empty", within: .seconds(120)) {
            let depths = try await server.control("list_queues", "--no-table-headers", "messages").split(separator: "\n")
            return !depths.isEmpty && depths.allSatisfy { $0 == "0" }
        }
        for (task, member) in zip(tasks, members) {
            task.cancel()
            await member.drain()
        }
        waiting.cancel()
        _ = await waiting.result
        await bus.close()
    }

    @Test func aProcessThatIsKilledIsReplacedAtOnceByTheMemberThatWaits() async throws {
        let bus = try await RabbitMQTesting.open(try await RabbitMQServer.shared.url()), seen = Observed<[Set<String>]>([[], []])
        let members = [try await RabbitMQTesting.join(bus), try await RabbitMQTesting.join(bus)], keys = (0..<32).map { "key \($0)" }
        let tasks = members.enumerated().map { index, member in
            Task {
                while true {
                    for case .delivered(let delivery) in try await member.next() {
                        seen.change { _ = $0[index].insert(delivery.envelope.id) }
                        member.settle(delivery.id)
                    }
                }
            }
        }
        try await eventually("both have lanes") {
            try await bus.publish(keys.map { EventEnvelope(source: "test", topic: RabbitMQTesting.topic, key: $0, data: [0x31]) })
            return seen.read { $0.allSatisfy { !$0.isEmpty } }
        }
        members[0].crash()
        let last = keys.map { EventEnvelope(id: "last \($0)", source: "test", topic: RabbitMQTesting.topic, key: $0, data: [0x31]) }
        try await bus.publish(last)
        try await seen.wait(for: "the last events", within: .seconds(30)) { ids in last.allSatisfy { ids[1].contains($0.id) } ? () : nil }
        for task in tasks { task.cancel() }
        await members[1].drain()
        await bus.close()
    }

    @Test func noConnectionEndsHoweverOftenLanesMove() async throws {
        let bus = try await RabbitMQTesting.open(try await RabbitMQServer.shared.url()), seen = Observed<Set<String>>([])
        let keys = (0..<32).map { "key \($0)" }
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for _ in 0..<5 {
                let member = try await RabbitMQTesting.join(bus)
                tasks.addTask {
                    do {
                        while !Task.isCancelled {
                            for case .delivered(let delivery) in try await member.next() {
                                seen.change { _ = $0.insert(delivery.envelope.id) }
                                member.settle(delivery.id)
                            }
                        }
                    } catch is CancellationError {
                    }
                    await member.drain()
                }
                // The next member joins while the lanes still move.
                try await bus.publish(keys.map { RabbitMQTesting.event(Int.random(in: 0..<1 << 40), key: $0) })
            }
            let last = keys.map { key in
                EventEnvelope(id: "last \(key)", source: "test", topic: RabbitMQTesting.topic, key: key, data: [0x31])
            }
            try await bus.publish(last)
            try await seen.wait(for: "the last events", within: .seconds(60)) { ids in last.allSatisfy { ids.contains($0.id) } ? () : nil }
            tasks.cancelAll()
            while try await tasks.next() != nil {}
        }
        await bus.close()
    }
}
