import Foundation
import Roost
import Testing

@testable import RoostAuth

@Suite(.timeLimit(.minutes(5))) struct KeyRingTests {
    let issuing: Issuing
    let now = Issuing.now

    init() async throws { issuing = try await Issuing() }

    @Test func manyCallsAtOnceFetchOnce() async throws {
        let source = KeySource([issuing.key]), verifier = issuing.verifier(source), issuer = issuing.tokens
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<50 {
                group.addTask {
                    let token = try await issuer.issue(to: "\(number)", session: "s", at: Issuing.now)
                    _ = try await verifier.verify(token, at: Issuing.now)
                }
            }
            try await group.waitForAll()
        }
        #expect(source.count == 1)
    }

    @Test func madeUpIdsDoNotBecomeLoad() async throws {
        let source = KeySource([issuing.key]), ring = KeyRing { try await source.fetch() }
        for number in 0..<100 { #expect(try await ring.key("made-up-\(number)", at: now) == nil) }
        #expect(source.count == 1)
        #expect(try await ring.key("made-up", at: now + FetchPace.pause) == nil)
        #expect(source.count == 2)
    }

    @Test func idsThatAreNotTheOnlySpellingOfThemselvesAreNoKeys() async throws {
        let source = KeySource([issuing.key]), ring = KeyRing { try await source.fetch() }
        let marks = String(repeating: "\u{316}\u{301}", count: 100_000)
        for id in ["e\u{301}", "\u{212A}", issuing.key.id + marks] { #expect(try await ring.key(id, at: now) == nil) }
        #expect(source.count == 0)
    }

    @Test func aNewKeyIsFoundAndAWithdrawnOneGoes() async throws {
        let next = SigningKey.generate()
        let source = KeySource([issuing.key]), ring = KeyRing { try await source.fetch() }
        #expect(try await ring.key(issuing.key.id, at: now) != nil)
        source.set([next])
        #expect(try await ring.key(next.id, at: now + FetchPace.pause) != nil)
        #expect(try await ring.key(issuing.key.id, at: now + FetchPace.pause) == nil)
    }

    @Test func aKnownKeyOutlivesAnIssuerThatIsDown() async throws {
        let source = KeySource([issuing.key]), ring = KeyRing { try await source.fetch() }
        _ = try await ring.key(issuing.key.id, at: now)
        source.set(fails: true)
        #expect(try await ring.key(issuing.key.id, at: now + FetchPace.maximumAge) != nil)
        #expect(source.count == 2)
    }

    @Test func anIssuerThatIsDownMakesNoTokenWrong() async throws {
        let source = KeySource([issuing.key]), verifier = issuing.verifier(source)
        let token = try await issuing.token()
        source.set(fails: true)
        #expect(try await status { _ = try await verifier.verify(token, at: now) } == .unavailable)
        source.set(fails: false)
        #expect(try await status { _ = try await verifier.verify(token, at: now + FetchPace.pauseAfterFailure) } == .ok)
    }

    @Test func keysOfOtherKindsAreLeftAside() async throws {
        var encrypting = issuing.key.webKey, other = SigningKey.generate().webKey, broken = SigningKey.generate().webKey
        encrypting.use = "enc"
        other.alg = "ES384"
        broken.x = "AAAA"
        let set = JSONWebKeySet(keys: [encrypting, other, broken, JSONWebKey(kty: "RSA", kid: "rsa")])
        let ring = KeyRing { set }
        for id in [encrypting.kid, other.kid, broken.kid, "rsa"] {
            #expect(try await ring.key(id ?? "", at: now) == nil)
        }
    }

    @Test func theFetchIsNotTheCallersOwn() async throws {
        let set = issuing.tokens.keys
        let ring = KeyRing {
            let context = try #require(RequestContext.current)
            #expect(context.principal == .anonymous && context.deadline != nil)
            return set
        }
        let key = try await RequestContext(principal: .account("a")).run { try await ring.key(issuing.key.id, at: now) }
        #expect(key != nil)
    }
}
