import JWTKit
import Roost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// An issuer's public keys, fetched when one is asked for that is not there, one fetch at a time and not too often.
actor KeyRing {
    private let fetch: @Sendable () async throws -> JSONWebKeySet
    private var keys: [String: JWTKeyCollection] = [:]
    private var pace = FetchPace()
    private var flight: Task<Void, any Error>?

    init(fetch: @escaping @Sendable () async throws -> JSONWebKeySet) { self.fetch = fetch }

    /// A collection that holds this one key; `nil` where the issuer has none of this id.
    /// - Throws: a `Problem` with status 503 where the key is not known and the keys cannot be had.
    func key(_ id: String, at now: Date) async throws(Problem) -> JWTKeyCollection? {
        // The only spelling of itself, so that it is found by its bytes, and looked up in a time that is its length's.
        guard id.isComposed else { return nil }
        if let key = keys[id], pace.isFresh(at: now) { return key }
        if flight != nil || pace.allows(at: now) { await refresh(at: now) }
        if let key = keys[id] { return key }
        if pace.hasFailed { throw .unavailable("The keys that verify tokens cannot be had.") }
        return nil
    }

    private func refresh(at now: Date) async {
        let flight = self.flight ?? Task { try await load(at: now) }
        self.flight = flight
        _ = await flight.result
    }

    private func load(at now: Date) async throws {
        defer { flight = nil }
        pace.began(at: now)
        // Not the caller's identity nor its deadline: others wait for this fetch too.
        let context = RequestContext(deadline: .now + .seconds(5))
        let set = try await context.run(fetch)
        keys = await Self.collect(set)
        pace.succeeded(at: now)
    }

    /// The most keys that an issuer may have.
    private static let limit = 32

    /// Each key alone in a collection, as one that held several would try its first key for an unknown id.
    private static func collect(_ set: JSONWebKeySet) async -> [String: JWTKeyCollection] {
        var keys: [String: JWTKeyCollection] = [:]
        for key in set.keys.prefix(limit) {
            guard let id = key.kid, key.kty == "EC", key.crv == "P-256", key.use ?? "sig" == "sig", key.alg ?? "ES256" == "ES256",
                let x = key.x, let y = key.y, let point = try? ES256PublicKey(parameters: (x, y))
            else { continue }
            keys[id] = await JWTKeyCollection().add(ecdsa: point)
        }
        return keys
    }
}

/// When keys may be fetched again.
struct FetchPace {
    private var begun: Date?
    private var succeeded: Date?
    private(set) var hasFailed = false

    /// How old keys may be, in seconds, before they are fetched anew: a key that the issuer withdrew is gone by then.
    static let maximumAge = 600.0
    /// The time between two fetches, in seconds: tokens with ids made up must not become load on the issuer.
    static let pause = 10.0
    /// The same after a fetch that failed.
    static let pauseAfterFailure = 1.0

    func isFresh(at now: Date) -> Bool { succeeded.map { now.timeIntervalSince($0) < Self.maximumAge } ?? false }

    func allows(at now: Date) -> Bool {
        guard let begun else { return true }
        return abs(now.timeIntervalSince(begun)) >= (hasFailed ? Self.pauseAfterFailure : Self.pause)
    }

    /// Counts as failed until it has succeeded.
    mutating func began(at now: Date) {
        begun = now
        hasFailed = true
    }

    mutating func succeeded(at now: Date) {
        succeeded = now
        hasFailed = false
    }
}
