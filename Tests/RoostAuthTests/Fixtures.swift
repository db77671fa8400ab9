import Crypto
import Foundation
import Roost
import RoostSQLite
import RoostStore
import RoostTesting
import Synchronization

@testable import RoostAuth

/// An issuer and a verifier of its tokens, at a fixed time.
struct Issuing {
    static let now = Date(timeIntervalSince1970: 1_800_000_000)
    static let issuer = "https://shop.example"

    let key = SigningKey.generate()
    let revocations: Revocations
    private let directory: TemporaryFolder

    init() async throws {
        directory = try TemporaryFolder()
        revocations = Revocations(store: try await SQLiteStore.open(directory.databaseURL("store.db")))
    }

    var tokens: TokenIssuer { TokenIssuer(issuer: Self.issuer, audience: "shop", key: key) }

    func verifier(_ source: KeySource? = nil, capacity: Int = 100) -> TokenVerifier {
        let source = source ?? KeySource([key])
        return TokenVerifier(
            issuer: Self.issuer, audience: "shop", revocations: revocations, capacity: capacity, keys: { try await source.fetch() })
    }

    func token(at now: Date = now) async throws -> String {
        try await tokens.issue(to: "account-1", session: "session-1", roles: ["admin"], at: now)
    }
}

/// A key endpoint that counts its requests.
final class KeySource: Sendable {
    private let state: Mutex<(keys: [SigningKey], fails: Bool, count: Int)>

    init(_ keys: [SigningKey]) { state = Mutex((keys, false, 0)) }

    var count: Int { state.withLock { $0.count } }
    func set(_ keys: [SigningKey]) { state.withLock { $0.keys = keys } }
    func set(fails: Bool) { state.withLock { $0.fails = fails } }

    func fetch() async throws -> JSONWebKeySet {
        let (keys, fails) = state.withLock { state in
            state.count += 1
            return (state.keys, state.fails)
        }
        if fails { throw Problem.unavailable("down") }
        return JSONWebKeySet(keys: keys.map(\.webKey))
    }
}

/// The status of the problem that `body` throws; 200 if it throws none.
func status(of body: () async throws -> Void) async throws -> Status {
    do {
        try await body()
        return .ok
    } catch let problem as Problem {
        return problem.status
    }
}

func hash(_ number: Int) -> SHA256Digest { SHA256.hash(data: Array(String(number).utf8)) }
