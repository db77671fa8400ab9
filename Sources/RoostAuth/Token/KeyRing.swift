import JWTKit
import Roost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A cache of an issuer's public keys. They are fetched when an unknown key is asked for, one fetch at a time and at a limited rate.
actor KeyRing {
    private let fetch: @Sendable () async throws -> JSONWebKeySet
    private var keys: [String: JWTKeyCollection] = [:]
    private var pace = FetchPace()
    private var flight: Task<Void, any Error>?

    init(fetch: @escaping @Sendable () async throws -> JSONWebKeySet) { self.fetch = fetch }

    /// Returns a collection that holds this one key, or `nil` if the issuer has no key with this identifier.
    /// - Throws: A `Problem` with status 503 if the key is unknown and the keys cannot be fetched.
    func key(_ id: String, at now: Date) async throws(Problem) -> JWTKeyCollection? {
        // Only text in normal form is looked up, so that keys compare by their bytes, in time linear in their length.
        guard id.isComposed else { return nil }
        if let key = keys[id], pace.isFresh(at: now) { return key }
        if flight != nil || pace.allows(at: now) { await refresh(at: now) }
        if let key = keys[id] { return key }
        if pace.hasFailed { throw .unavailable("The keys for verifying tokens are not available.") }
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
        // Neither the caller's identity nor its deadline applies, because other callers wait for this fetch too.
        let context = RequestContext(deadline: .now + .seconds(5))
        let set = try await context.run(fetch)
        keys = await Self.collect(set)
        pace.succeeded(at: now)
    }

    /// The largest number of keys that are accepted from an issuer.
    private static let limit = 32

    /// Puts each key in a collection of its own, because a collection of several tries its first key for an unknown identifier.
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

/// Decides when the keys may be fetched again.
struct FetchPace {
    private var begun: Date?
    private var succeeded: Date?
    private(set) var hasFailed = false

    /// The age in seconds after which keys are fetched again, so that a key that the issuer withdrew is forgotten by then.
    static let maximumAge = 600.0
    /// The least time between two fetches, in seconds, so that tokens with made-up key identifiers do not put load on the issuer.
    static let pause = 10.0
    /// The least time after a failed fetch, in seconds.
    static let pauseAfterFailure = 1.0

    func isFresh(at now: Date) -> Bool { succeeded.map { now.timeIntervalSince($0) < Self.maximumAge } ?? false }

    func allows(at now: Date) -> Bool {
        guard let begun else { return true }
        return abs(now.timeIntervalSince(begun)) >= (hasFailed ? Self.pauseAfterFailure : Self.pause)
    }

    /// Records the start of a fetch, which counts as failed until `succeeded(at:)` is called.
    mutating func began(at now: Date) {
        begun = now
        hasFailed = true
    }

    mutating func succeeded(at now: Date) {
        succeeded = now
        hasFailed = false
    }
}
