import Foundation
import Roost
import RoostData
import Synchronization
import Testing

@testable import RoostWork

/// Jobs during whose attempts processes died.
@Suite(.timeLimit(.minutes(5))) struct CrashTests {
    private func crashes(_ chores: Chores, _ name: String) async throws -> Int? {
        try await chores.database.first("SELECT crashes FROM roost_work WHERE id = \(name)")?.get("crashes")
    }

    @Test func aDeathCountsAndAnExpiredLeaseDoesNot() async throws {
        let chores = try await Chores(), store = chores.queue.store
        try await chores.add("a", "b")
        for (worker, lease) in [("one", Duration.seconds(60)), ("two", .zero)] {
            try await chores.database.transaction { transaction in
                try await store.enter(worker, presence: nil, for: lease, in: transaction)
                _ = try await store.claim(1, returning: 0, by: worker, in: transaction)
            }
        }
        #expect(try await store.evict(dead: ["one"]) == 2)
        #expect(try await crashes(chores, "a") == 1)
        #expect(try await crashes(chores, "b") == 0)
    }

    @Test func anAttemptThatEndsForgetsTheDeaths() async throws {
        let chores = try await Chores(), failures = Atomic(1)
        try await chores.add("a")
        try await chores.database.execute("UPDATE roost_work SET crashes = 2")
        let seen = Notes()
        try await chores.working { [database = chores.database] job in
            let count = try await database.first("SELECT crashes FROM roost_work WHERE id = 'a'")?.get("crashes", as: Int.self)
            seen.add("\(count ?? -1)")
            if failures.wrappingSubtract(1, ordering: .relaxed).oldValue > 0 { throw Refusal() }
        } _: {
            try await chores.wait { try await chores.count() == 0 }
        }
        #expect(seen.list == ["2", "0"])
    }

    @Test func theThirdDeathInARowEndsAJobWithItsReason() async throws {
        let chores = try await Chores(), seen = Notes()
        try await chores.add("a", "b")
        try await chores.database.execute("UPDATE roost_work SET crashes = 3 WHERE id = 'a'")
        try await chores.working {
            seen.add($0.job.name)
        } _: {
            try await chores.wait { try await chores.count() == 0 }
        }
        #expect(seen.list == ["b"])
        #expect(try await chores.queue.dead(limit: 10).map(\.reason).first?.contains("died 3 times in a row") == true)
    }

    @Test func aQueueThatTriesForEverGivesNoneUp() async throws {
        let chores = try await Chores(Chores.options(attempts: .max)), seen = Notes()
        try await chores.add("a")
        try await chores.database.execute("UPDATE roost_work SET crashes = 30")
        try await chores.working {
            seen.add($0.job.name)
        } _: {
            try await chores.wait { try await chores.count() == 0 }
        }
        #expect(seen.list == ["a"])
    }

    /// Otherwise the jobs beside it would be blamed for the next death.
    @Test func aJobWithTwoDeathsIsTriedAlone() async throws {
        let chores = try await Chores(), active = Atomic(0), company = Notes()
        let names = (1...12).map { "\($0)" }
        try await chores.database.transaction { transaction in
            for name in names { try await chores.queue.add(Chore(name: name), id: name, in: transaction) }
        }
        try await chores.database.execute("UPDATE roost_work SET crashes = 2 WHERE id IN ('3', '7')")
        try await chores.working { job in
            let others = active.wrappingAdd(1, ordering: .relaxed).oldValue
            for _ in 0..<50 { await Task.yield() }
            let beside = active.wrappingSubtract(1, ordering: .relaxed).newValue
            if ["3", "7"].contains(job.job.name) { company.add("\(others) \(beside)") }
        } _: {
            try await chores.wait { try await chores.count() == 0 }
        }
        #expect(company.list == ["0 0", "0 0"])
    }

    @Test func aDeadJobCanHoldItsKey() async throws {
        let chores = try await Chores(), seen = Notes()
        var earlier = EarlierAttempts()
        earlier.holdsKey = true
        try await chores.database.transaction { [earlier] transaction in
            try await chores.queue.add(Chore(name: "a"), id: "a", key: "k", after: earlier, traceparent: nil, in: transaction)
        }
        try await chores.add("b", key: "k")
        try await chores.add("c")
        try await chores.working { job in
            seen.add(job.job.name)
            if job.job.name == "a", seen.list.filter({ $0 == "a" }).count == 1 { throw Problem(.unprocessable) }
        } _: {
            try await chores.wait {
                let waiting = try await chores.count()
                return try await chores.queue.dead(limit: 10).count == 1 && waiting == 2
            }
            #expect(Set(seen.list) == ["a", "c"])
            #expect(try await chores.queue.dead(limit: 10).map(\.holdsKey) == [true])
            try await chores.queue.retry("a")
            try await chores.wait { try await chores.count() == 0 }
        }
        #expect(seen.list.suffix(2) == ["a", "b"])
    }
}
