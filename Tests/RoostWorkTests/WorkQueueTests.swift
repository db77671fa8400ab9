import Foundation
import Roost
import RoostData
import Testing

@testable import RoostWork

@Suite(.timeLimit(.minutes(5))) struct WorkQueueTests {
    @Test func aJobIsDoneOnceAfterItsTransactionAndNeverWithoutIt() async throws {
        let chores = try await Chores(), notes = Notes()
        await #expect(throws: Refusal.self) {
            try await chores.database.transaction { transaction in
                try await chores.queue.add(Chore(name: "undone"), in: transaction)
                throw Refusal()
            }
        }
        try await chores.working(by: { notes.add($0.job.name) }) {
            try await chores.add("a", "b")
            try await chores.wait { try await chores.count() == 0 }
        }
        #expect(notes.list.sorted() == ["a", "b"])
    }

    @Test func theSameIdentifierIsTheSameJob() async throws {
        var options = Chores.options()
        options.retention = .seconds(3600)
        let chores = try await Chores(options), notes = Notes()
        try await chores.add("a", "a")
        try await chores.working(by: { notes.add($0.job.name) }) {
            try await chores.wait { try await chores.count("done") == 1 }
            try await chores.add("a", "b")
            try await chores.wait { try await chores.count("done") == 2 }
        }
        #expect(notes.list == ["a", "b"])
        try await chores.database.execute("UPDATE roost_work SET ended_at = ended_at - 3600001 WHERE id = 'a'")
        try await chores.queue.store.prune(done: .seconds(3600), dead: nil)
        #expect(try await chores.database.query("SELECT id FROM roost_work").map { try $0.get("id", as: String.self) } == ["b"])
    }

    @Test func whatFailsIsTriedAgainAndEndsDeadWithItsReason() async throws {
        let chores = try await Chores(), notes = Notes()
        try await chores.add("poison", "good")
        try await chores.working(by: { chore in
            notes.add("\(chore.job.name) \(chore.attempt)")
            if chore.job.name == "poison" { throw Refusal() }
        }) {
            try await chores.wait { try await chores.count() == 0 }
        }
        #expect(notes.list.filter { $0.hasPrefix("poison") } == ["poison 1", "poison 2", "poison 3"])
        let dead = try #require(try await chores.queue.dead(limit: 10).first)
        #expect(dead.id == "poison" && dead.reason == "Refusal()" && dead.attempts == 3)
        #expect(try dead.job.get() == Chore(name: "poison"))
        // A person decides to try it again.
        #expect(try await chores.queue.retry("poison"))
        try await chores.working(by: { notes.add("again \($0.attempt)") }) {
            try await chores.wait { try await chores.count() == 0 }
        }
        #expect(notes.list.last == "again 1")
        #expect(try await !chores.queue.retry("poison"))
    }

    @Test func aPermanentFailureEndsAJobAtOnceAndSoDoesWhatIsNone() async throws {
        let chores = try await Chores()
        try await chores.add("a", "b", "c")
        try await chores.database.execute("UPDATE roost_work SET job = '{' WHERE id = 'b'")
        // As if the process had ended during each attempt.
        try await chores.database.execute("UPDATE roost_work SET attempts = 3 WHERE id = 'c'")
        try await chores.working(by: { _ in throw Problem(.unprocessable) }) {
            try await chores.wait { try await chores.count("dead") == 3 }
        }
        let dead = try await chores.queue.dead(limit: 10).sorted { $0.id < $1.id }
        #expect(dead.map(\.attempts) == [1, 1, 4])
        #expect(dead[2].reason.contains("the process ended"))
        #expect(try await chores.queue.discard("b"))
        #expect(try await chores.queue.dead(limit: 10).map(\.id).sorted() == ["a", "c"])
    }

    @Test func jobsOfOneKeyAreDoneInOrderAndOthersBesideThem() async throws {
        let chores = try await Chores(), notes = Notes(), gate = Gate()
        try await chores.add("a1", "a2", "a3", key: "a")
        try await chores.add("b1", "b2", key: "b")
        try await chores.working(by: { chore in
            if chore.job.name == "a1" {
                if chore.attempt == 1 { throw Refusal() }
                await gate.wait()
            }
            notes.add(chore.job.name)
        }) {
            try await chores.wait { notes.list.contains("b2") }
            #expect(!notes.list.contains("a2"))
            gate.open()
            try await chores.wait { try await chores.count() == 0 }
        }
        #expect(notes.list.filter { $0.hasPrefix("a") } == ["a1", "a2", "a3"])
        #expect(notes.list.filter { $0.hasPrefix("b") } == ["b1", "b2"])
    }

    @Test func aDeadJobLetsThoseOfItsKeyPass() async throws {
        let chores = try await Chores(), notes = Notes()
        try await chores.add("a1", "a2", key: "a")
        try await chores.working(by: { chore in
            if chore.job.name == "a1" { throw Problem(.unprocessable) }
            notes.add(chore.job.name)
        }) {
            try await chores.wait { try await chores.count() == 0 }
        }
        #expect(notes.list == ["a2"])
    }

    @Test func severalWorkersShareAndDoNotRepeat() async throws {
        let chores = try await Chores(), notes = Notes()
        try await chores.database.transaction { transaction in
            for number in 0..<100 { try await chores.queue.add(Chore(name: "\(number)"), key: "\(number % 9)", in: transaction) }
        }
        let handle: @Sendable (ClaimedJob<Chore>) async throws -> Void = { notes.add($0.job.name) }
        try await chores.working(by: handle) {
            try await chores.working(by: handle) { try await chores.wait { try await chores.count() == 0 } }
        }
        #expect(notes.list.count == 100 && Set(notes.list).count == 100)
    }

    @Test func noMoreThanAllowedAreWorkedOnAtOnceAndThoseThatComeBackLeaveRoom() async throws {
        let chores = try await Chores(Chores.options(concurrency: 4, attempts: .max)), notes = Notes(), gate = Gate()
        try await chores.add("x1", "x2", "x3", "x4", "x5")
        try await chores.working(by: { chore in
            guard chore.job.name.hasPrefix("x") else { return notes.add(chore.job.name) }
            if chore.attempt == 1 { throw Refusal() }
            notes.add("began")
            await gate.wait()
        }) {
            // Retries occupy half of the slots; a new job still finds one.
            try await chores.wait { try await chores.database.query("SELECT 1 FROM roost_work WHERE attempts > 1").count == 2 }
            try await chores.add("new")
            try await chores.wait { notes.list.contains("new") }
            #expect(notes.list.filter { $0 == "began" }.count <= 2)
            gate.open()
            try await chores.wait { try await chores.count() == 0 }
        }
    }

    @Test func effectAndEndAreOneCommit() async throws {
        let chores = try await Chores()
        try await chores.add("a")
        try await chores.working(by: { chore in
            try await chores.database.transaction { transaction in
                try await transaction.execute("INSERT INTO done VALUES (\(chore.job.name), 'me')")
                try await chore.finish(in: transaction)
                // Rolled back together with the completion of the job.
                if chore.attempt == 1 { throw Refusal() }
            }
        }) {
            try await chores.wait { try await chores.count() == 0 }
        }
        #expect(try await chores.database.query("SELECT 1 FROM done").count == 1)
    }

    @Test func aJobWaitsForItsTimeAndForItsPauseButNotWhereItIsAskedFor() async throws {
        var options = Chores.options()
        options.retry.backoff = Backoff(first: .seconds(3600), longest: .seconds(3600))
        let chores = try await Chores(options), notes = Notes(), begun = Gate(), asked = Gate()
        try await chores.add("later", at: Date() + 3600)
        try await chores.add("a")
        try await chores.working(by: { chore in
            notes.add("\(chore.job.name) \(chore.attempt)")
            guard chore.job.name == "a", chore.attempt == 1 else { return }
            begun.open()
            await asked.wait()
            throw Refusal()
        }) {
            await begun.wait()
            // Requested while it is being processed, so the pause after the failure does not apply.
            try await chores.queue.retry("a")
            asked.open()
            try await chores.wait { try await chores.count() == 1 }
            #expect(notes.list == ["a 1", "a 2"])
            try await chores.queue.retry("later")
            try await chores.wait { try await chores.count() == 0 }
        }
    }

    @Test func progressMakesTheNextFailureTheFirst() async throws {
        let chores = try await Chores(), notes = Notes()
        try await chores.add("a")
        try await chores.working(by: { chore in
            notes.add("\(chore.attempt)")
            if notes.list.count == 2 { try await chores.database.transaction { try await chore.progress(in: $0) } }
            throw Refusal()
        }) {
            try await chores.wait { try await chores.count() == 0 }
        }
        #expect(notes.list == ["1", "2", "2", "3"])
    }
}
