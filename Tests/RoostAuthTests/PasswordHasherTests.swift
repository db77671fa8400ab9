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

    @Test(
        "The same password is the same on every keyboard (RFC 8265)",
        arguments: [
            ("caf\u{E9} au lait", "cafe\u{301} au lait"), ("a\u{A0}b\u{3000}c", "a b c"), ("\u{212A}elvin", "Kelvin"),
            ("한국", "\u{1112}\u{1161}\u{11AB}국"),
        ])
    func takesEverySpelling(one: String, other: String) async throws {
        for (stored, typed) in [(one, other), (other, one), (one, one)] {
            #expect(try await hasher.verify(typed, against: try await hasher.hash(stored)))
        }
        #expect(try await !hasher.verify(other + "x", against: try await hasher.hash(one)))
    }

    @Test func stillTakesWhatWasHashedAsItCame() async throws {
        let old = try Argon2id.hash(Array("cafe\u{301}\u{7}".utf8), salt: Secret.bytes(16), cost: cheap),
            older = try Argon2id.hash(Array("cafe\u{301}".utf8), salt: Secret.bytes(16), cost: cheap)
        #expect(try await hasher.verify("cafe\u{301}\u{7}", against: old))
        #expect(try await hasher.verify("cafe\u{301}", against: older))
        #expect(try await !hasher.verify("cafe", against: older))
    }

    @Test func preparesPasswords() {
        #expect(PasswordProfile.prepare("Ada 1") == "Ada 1")
        #expect(PasswordProfile.prepare("👩‍👩 ❤️") == "👩‍👩 ❤️")
        for refused in [
            "", "a\tb", "a\0b", "a\r\nb", "a\u{85}", "\u{7F}", String(repeating: "a", count: 4097),
            "q" + String(repeating: "\u{301}", count: 31),
        ] {
            #expect(PasswordProfile.prepare(refused) == nil)
        }
    }

    @Schema
    struct SignUp {
        @Check(.password(4...5)) var password: String
    }

    @Test(arguments: [
        ("cafe\u{301}", nil), ("caf\u{E9}", nil), ("abcde\u{301}", nil), ("abc", "length"), ("cae\u{301}", "length"), ("abcdef", "length"),
        ("abc\td", "password"), ("", "length"), (String(repeating: "a", count: 5000), "length"),
    ])
    func countsWhatIsCompared(password: String, rule: String?) {
        let value = SignUp(password: password)
        for decode in [
            { _ = try JSON.decode(SignUp.self, from: JSON.encode(value)) },
            { _ = try Protobuf.decode(SignUp.self, from: Protobuf.encode(value)) },
        ] {
            var found: [Fault] = []
            do { try decode() } catch { if case .invalid(let faults)? = error as? DecodingFailure { found = faults } }
            #expect(found.map(\.rule) == (rule.map { [$0] } ?? []) && found.allSatisfy { $0.pointer == "/password" })
        }
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
        await #expect(throws: ConfigurationError.self) { try await hasher.verify("x", against: encoded) }
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
