import Roost
import Testing

@testable import RoostAuth

@Suite struct PasswordHasherTests {
    let cheap: PasswordCost
    let hasher: PasswordHasher

    init() throws {
        cheap = try PasswordCost(checking: 64, passes: 1, lanes: 1)
        hasher = PasswordHasher(cost: cheap)
    }

    @Test func takesItsPasswordAndNoOther() async throws {
        let hash = try await hasher.hash("correct horse")
        #expect(hash.hasPrefix("$argon2id$v=19$m=64,t=1,p=1$"))
        #expect(try await hasher.verify("correct horse", against: hash))
        #expect(try await !hasher.verify("correct horsf", against: hash))
        #expect(try await !hasher.verify("", against: hash))
        #expect(try await !hasher.verify("correct horse\0", against: hash))
    }

    @Test func saltsEachHash() async throws {
        let first = try await hasher.hash("same"), second = try await hasher.hash("same")
        #expect(first != second)
    }

    /// From the reference implementation's `test.c`.
    @Test func agreesWithTheReference() async throws {
        let reference = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
        #expect(try await hasher.verify("password", against: reference))
        let cost = try PasswordCost(checking: 65536, passes: 2, lanes: 1)
        #expect(try Argon2id.hash("password", salt: Array("somesalt".utf8), cost: cost) == reference)
    }

    @Test func isFalseWhereThereIsNoAccount() async throws {
        #expect(try await !hasher.verify("anything", against: nil))
    }

    @Test func asksForARehashWhenTheCostChanged() async throws {
        let hash = try await hasher.hash("secret")
        #expect(!hasher.needsRehash(hash))
        #expect(PasswordHasher(cost: .recommended).needsRehash(hash))
        #expect(hasher.needsRehash("$2b$12$abc"))
    }

    @Test(
        "A stored text that is no hash, or would cost too much, is an error",
        arguments: [
            "", "plain", "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ", "$argon2i$v=19$m=64,t=1,p=1$c29tZXNhbHQ$AAAA",
            "$argon2id$v=19$m=,t=1,p=1$c29tZXNhbHQ$AAAA", "$argon2id$v=19$m=4194304,t=1,p=1$c29tZXNhbHQ$AAAA",
            "$argon2id$v=19$m=64,t=9999,p=1$c29tZXNhbHQ$AAAA", "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$!!!!",
        ])
    func refusesWhatIsNoHash(encoded: String) async {
        await #expect(throws: PasswordHashError.self) { try await hasher.verify("x", against: encoded) }
    }

    @Test func refusesACostOutOfBounds() {
        #expect(throws: ConfigurationError.self) { try PasswordCost(checking: 4, passes: 1, lanes: 1) }
        #expect(throws: ConfigurationError.self) { try PasswordCost(checking: 1 << 20, passes: 1, lanes: 1) }
    }

    @Test func turnsAwayWhoComesWhenTheQueueIsFull() async throws {
        let hasher = PasswordHasher(threads: 1, limit: 2)
        let answers = try await withThrowingTaskGroup(of: Status.self) { group in
            for _ in 0..<20 { group.addTask { try await status { _ = try await hasher.hash("x") } } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.contains(.ok))
        #expect(answers.contains(.unavailable))
        #expect(try await status { _ = try await hasher.hash("after") } == .ok)
    }
}
