import Roost
import Synchronization
import Testing

@testable import RoostData

/// Changes that are requested at the same time, and made together.
@Suite(.timeLimit(.minutes(5))) struct GroupCommitTests {
    /// Makes changes, the first of them not before it is released, and records which were made together.
    private final class Recorder: Sendable {
        let gate = Latch(), hasBegun = Latch()
        private let made = Mutex<[[Int]]>([])
        /// The change that cannot be made, and why.
        let failure: (change: Int, error: Problem)?

        init(failing change: Int = 0, with error: Problem? = nil) { failure = error.map { (change, $0) } }

        var groups: [[Int]] { made.withLock { $0 } }

        func write(_ changes: [Int]) async throws -> [Int] {
            hasBegun.open()
            await gate.wait()
            if let failure, changes.contains(failure.change) { throw failure.error }
            made.withLock { $0.append(changes) }
            return changes.map { $0 * 10 }
        }
    }

    /// Makes the change 1, and begins further ones while it is being made.
    private func makeTogether(
        _ count: Int, with recorder: Recorder, _ writes: GroupCommit<Int, Int>
    ) async -> [Int: Result<Int, any Error>] {
        await withTaskGroup(of: (Int, Result<Int, any Error>).self) { group in
            func begin(_ change: Int) {
                group.addTask {
                    do { return (change, .success(try await writes.commit(change))) } catch { return (change, .failure(error)) }
                }
            }
            begin(1)
            await recorder.hasBegun.wait()
            for change in 2...count {
                begin(change)
                while writes.waitingCount < change - 1 { await Task.yield() }
            }
            recorder.gate.open()
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    @Test func changesThatArriveDuringAWriteShareTheNext() async throws {
        let recorder = Recorder(), writes = GroupCommit(limit: 3) { try await recorder.write($0) }
        let outcomes = await makeTogether(6, with: recorder, writes)
        for change in 1...6 { #expect(try outcomes[change]?.get() == change * 10) }
        #expect(recorder.groups == [[1], [2, 3, 4], [5, 6]])
        #expect(try await writes.commit(7) == 70)
    }

    @Test func aChangeThatCannotBeMadeFailsAlone() async throws {
        let recorder = Recorder(failing: 3, with: Problem(.unprocessable, "No.")), writes = GroupCommit { try await recorder.write($0) }
        let outcomes = await makeTogether(4, with: recorder, writes)
        for change in [1, 2, 4] { #expect(try outcomes[change]?.get() == change * 10) }
        #expect(throws: Problem.self) { try outcomes[3]?.get() }
        #expect(recorder.groups.first == [1])
        #expect(recorder.groups.dropFirst().sorted { $0[0] < $1[0] } == [[2], [4]])
    }

    @Test func aChangeThatIsCancelledWhileItWaitsIsNotMade() async throws {
        let recorder = Recorder(), writes = GroupCommit { try await recorder.write($0) }
        async let first = writes.commit(1)
        await recorder.hasBegun.wait()
        let second = Task { try await writes.commit(2) }
        while writes.waitingCount < 1 { await Task.yield() }
        second.cancel()
        await #expect(throws: CancellationError.self) { try await second.value }
        recorder.gate.open()
        #expect(try await first == 10)
        #expect(recorder.groups == [[1]])
    }

    @Test func onlySoManyChangesWait() async throws {
        let recorder = Recorder(), writes = GroupCommit(capacity: 1) { try await recorder.write($0) }
        async let first = writes.commit(1)
        await recorder.hasBegun.wait()
        async let second = writes.commit(2)
        while writes.waitingCount < 1 { await Task.yield() }
        let problem = await #expect(throws: Problem.self) { try await writes.commit(3) }
        #expect(problem?.status == .unavailable)
        recorder.gate.open()
        let outcomes = try await [first, second]
        #expect(outcomes == [10, 20])
    }

    /// The call of the one who was first ends, and not the writes of the others.
    @Test func theCancellationOfOneCallerAffectsNoOther() async throws {
        let recorder = Recorder()
        let writes = GroupCommit<Int, Int> { changes in
            let outcomes = try await recorder.write(changes)
            try Task.checkCancellation()
            return outcomes
        }
        let first = Task { try await writes.commit(1) }
        await recorder.hasBegun.wait()
        async let second = writes.commit(2)
        while writes.waitingCount < 1 { await Task.yield() }
        first.cancel()
        recorder.gate.open()
        await #expect(throws: CancellationError.self) { try await first.value }
        #expect(try await second == 20)
        #expect(recorder.groups == [[1], [2]])
    }

    @Test func aGroupThatTakesTooLongFailsAndHoldsUpNobody() async throws {
        let gate = Latch(), hasBegun = Latch()
        let writes = GroupCommit<Int, Int>(patience: .seconds(3)) { changes in
            if changes == [1] {
                hasBegun.open()
                await gate.wait()
            }
            // Only the end of its patience ends such a group.
            if changes.count > 1 { try await Task.sleep(for: .seconds(3600)) }
            return changes
        }
        async let first = writes.commit(1)
        await hasBegun.wait()
        async let second = writes.commit(2)
        async let third = writes.commit(3)
        while writes.waitingCount < 2 { await Task.yield() }
        gate.open()
        let outcomes = try await [first, second, third]
        #expect(outcomes == [1, 2, 3])
    }

    @Test func oneThatTakesTooLongFailsAndHoldsUpNobody() async throws {
        let hasBegun = Latch()
        let writes = GroupCommit<Int, Int>(patience: .seconds(3)) { changes in
            hasBegun.open()
            // Only the end of its patience ends it.
            if changes == [1] { try await Task.sleep(for: .seconds(3600)) }
            return changes
        }
        let first = Task { try await writes.commit(1) }
        await hasBegun.wait()
        #expect(try await writes.commit(2) == 2)
        let problem = await #expect(throws: Problem.self) { try await first.value }
        #expect(problem?.status == .gatewayTimeout)
    }
}
