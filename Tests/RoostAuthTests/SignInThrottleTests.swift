import Foundation
import Roost
import RoostSQLite
import RoostStore
import RoostTesting
import Synchronization
import Testing

@testable import RoostAuth

@Suite(.timeLimit(.minutes(5))) struct SignInThrottleTests {
    private let directory: TemporaryFolder
    private let clock = TestClock()

    init() throws { directory = try TemporaryFolder() }

    final class Counter: Sendable {
        private let value = Atomic(0)
        var count: Int { value.load(ordering: .relaxed) }
        func add() { value.add(1, ordering: .relaxed) }
    }

    /// One of several replicas, which share only the store's file.
    private func replica() async throws -> (throttle: SignInThrottle, store: CountingStore) {
        let store = CountingStore(
            try await SQLiteStore.open(directory.databaseURL("store.db") + "?synchronous=normal", clock: clock))
        return (SignInThrottle(store: store, waitLimit: .seconds(60), now: { [clock] in clock.now }), store)
    }

    private func attempt(
        _ throttle: SignInThrottle, _ account: String = "ada", from address: String? = "192.0.2.1", isRight: Bool = false
    ) async throws -> Problem? {
        do {
            _ = try await throttle.attempt(account, from: address) { isRight ? true : nil }
            return nil
        } catch let problem as Problem {
            return problem
        }
    }

    @Test func tenFailuresOfAnAccountLockItForTheWindow() async throws {
        let throttle = try await replica().throttle
        for _ in 0..<10 {
            #expect(try await attempt(throttle) == nil)
            clock.advance(by: .seconds(10))
        }
        let refused = try #require(try await attempt(throttle, isRight: true))
        #expect(refused.status == .tooManyRequests && refused.headers["retry-after"] == "800")
        #expect(try await attempt(throttle, "eve") == nil)
        clock.advance(by: .seconds(799))
        #expect(try await attempt(throttle)?.headers["retry-after"] == "1")
        clock.advance(by: .seconds(2))
        #expect(try await attempt(throttle) == nil)
        #expect(try await attempt(throttle)?.status == .tooManyRequests)
    }

    @Test func whatIsRefusedIsNotCountedAndWritesNothing() async throws {
        let (throttle, store) = try await replica()
        for _ in 0..<10 { _ = try await attempt(throttle) }
        let puts = store.puts
        for _ in 0..<50 { #expect(try await attempt(throttle)?.status == .tooManyRequests) }
        #expect(store.puts == puts)
        clock.advance(by: .seconds(901))
        #expect(try await attempt(throttle) == nil)
    }

    @Test func aSuccessForgetsTheAccountsFailuresAndNotTheAddresss() async throws {
        let throttle = try await replica().throttle
        for account in 0..<11 {
            for _ in 0..<9 { #expect(try await attempt(throttle, "account \(account)") == nil) }
            #expect(try await attempt(throttle, "account \(account)", isRight: true) == nil)
        }
        #expect(try await attempt(throttle, "other") == nil)
        #expect(try await attempt(throttle, "mine", isRight: true)?.status == .tooManyRequests)
        #expect(try await attempt(throttle, "mine", from: "192.0.2.2", isRight: true) == nil)
    }

    @Test func successesAreNoFailuresHoweverMany() async throws {
        let throttle = try await replica().throttle
        for _ in 0..<120 { #expect(try await attempt(throttle, isRight: true) == nil) }
        let answers = try await withThrowingTaskGroup(of: Problem?.self) { group in
            for _ in 0..<40 { group.addTask { try await attempt(throttle, isRight: true) } }
            return try await group.reduce(into: []) { $0.append($1?.status) }
        }
        #expect(answers.allSatisfy { $0 == nil })
    }

    @Test("However many come at once, to however many replicas, ten are verified", arguments: [false, true])
    func parallelAttemptsCannotPassTheLimit(manyAddresses: Bool) async throws {
        let replicas = [try await replica().throttle, try await replica().throttle, try await replica().throttle]
        let verified = Counter()
        let answers = try await withThrowingTaskGroup(of: Status?.self) { group in
            for index in 0..<60 {
                group.addTask {
                    do {
                        let address = manyAddresses ? "192.0.2.\(index)" : "192.0.2.1"
                        _ = try await replicas[index % 3].attempt("ada", from: address) { () -> Bool? in
                            verified.add()
                            await Task.yield()
                            return nil
                        }
                        return nil
                    } catch let problem as Problem {
                        return problem.status
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(verified.count == 10)
        #expect(answers.filter { $0 == .tooManyRequests }.count == 50)
    }

    @Test func anAddressOfVersion6IsItsNetwork() async throws {
        let throttle = try await replica().throttle
        for index in 0..<100 { #expect(try await attempt(throttle, "\(index)", from: "2001:db8::\(index)") == nil) }
        #expect(try await attempt(throttle, "x", from: "2001:db8::ffff")?.status == .tooManyRequests)
        #expect(try await attempt(throttle, "x", from: "2001:db8:0:1::1") == nil)
    }

    @Test func whatCouldNotBeVerifiedIsNoFailure() async throws {
        let throttle = try await replica().throttle
        for _ in 0..<20 {
            #expect(
                try await status {
                    _ = try await throttle.attempt("ada", from: "192.0.2.1") { () -> Bool? in throw Problem.unavailable("busy") }
                }
                    == .unavailable)
        }
        #expect(try await attempt(throttle, isRight: true) == nil)
    }

    @Test func anAttemptWhoseProcessDiedHasFailed() throws {
        var log = FailureLog()
        log.underWay = (0..<10).map { .init(id: $0, begun: 1000) }
        log.settle(at: 30_000, window: 900_000, lease: 30_000)
        #expect(log.verdict(at: 30_000, window: 900_000, limit: 10) == .wait)
        log.settle(at: 31_000, window: 900_000, lease: 30_000)
        #expect(log.verdict(at: 31_000, window: 900_000, limit: 10) == .refuse(milliseconds: 870_000))
        log.settle(at: 901_000, window: 900_000, lease: 30_000)
        #expect(log == FailureLog())
    }
}
