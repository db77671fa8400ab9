import CArgon2
import Roost

/// Hashes passwords with Argon2id (RFC 9106), on a few threads of its own.
///
/// Its memory is bounded: it is the cost's, once a thread. Clients, told apart by their addresses, take turns, so that one who asks for
/// much does not keep the others waiting; where its queue is full, who has the most in it gets a 503.
public struct PasswordHasher: Sendable {
    private let cost: PasswordCost
    private let pool: BlockingPool
    private let turns: FairTurns

    /// - Parameters:
    ///   - threads: how many passwords are hashed at once.
    ///   - limit: how many each thread may have, the one that runs among them.
    public init(cost: PasswordCost = .recommended, threads: Int = 1, limit: Int = 64) {
        self.cost = cost
        let threads = max(1, threads)
        pool = BlockingPool("roost.password", threads: threads, limit: limit)
        turns = FairTurns(places: threads, capacity: threads * max(0, limit - 1))
    }

    /// - Returns: the hash with its salt and cost, in the PHC string format.
    /// - Throws: a `Problem` with status 503 where too many wait.
    public func hash(_ password: String) async throws -> String {
        try await inTurn { [cost] in try Argon2id.hash(password, salt: Secret.bytes(16), cost: cost) }
    }

    /// Whether the password is the one that was hashed.
    /// - Parameter encoded: what `hash(_:)` gave; `nil` where there is no such account, which takes the same work and is false.
    /// - Throws: a `Problem` with status 503 where too many wait; `PasswordHashError` where `encoded` is no hash.
    public func verify(_ password: String, against encoded: String?) async throws -> Bool {
        try await inTurn { [cost] in
            if let encoded { return try Argon2id.verify(password, against: encoded) }
            for form in PasswordProfile.forms(of: password) {
                _ = try Argon2id.hash(form, salt: Array(repeating: 0, count: 16), cost: cost)
            }
            return false
        }
    }

    private func inTurn<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        let address = RequestContext.current.clientAddress ?? ""
        return try await turns.run(for: IPAddress(address)?.client.description ?? address) { try await pool.run(work) }
    }

    /// Whether a hash was made at another cost and should be made anew, once the password is at hand.
    public func needsRehash(_ encoded: String) -> Bool { PasswordCost(encoded: encoded) != cost }
}

/// Why a password could not be hashed or a hash not be read. It never holds either.
public struct PasswordHashError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String
}

/// libargon2. It runs on the calling thread.
enum Argon2id {
    private static let hashLength = 32

    static func hash(_ password: String, salt: [UInt8], cost: PasswordCost) throws(PasswordHashError) -> String {
        try hash(Array((PasswordProfile.prepare(password) ?? password).utf8), salt: salt, cost: cost)
    }

    static func hash(_ password: [UInt8], salt: [UInt8], cost: PasswordCost) throws(PasswordHashError) -> String {
        let memory = UInt32(cost.memory), passes = UInt32(cost.passes), lanes = UInt32(cost.lanes)
        let length = argon2_encodedlen(passes, memory, lanes, UInt32(salt.count), UInt32(hashLength), Argon2_id)
        var encoded = [CChar](repeating: 0, count: length)
        try check(
            argon2id_hash_encoded(
                passes, memory, lanes, password, password.count, salt, salt.count, hashLength, &encoded, encoded.count))
        return String(decoding: encoded.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    static func verify(_ password: String, against encoded: String) throws(PasswordHashError) -> Bool {
        guard PasswordCost(encoded: encoded) != nil else { throw PasswordHashError(description: "not a hash of Argon2id") }
        for form in PasswordProfile.forms(of: password) {
            let bytes = Array(form.utf8)
            let code = argon2id_verify(encoded, bytes, bytes.count)
            if code == ARGON2_VERIFY_MISMATCH.rawValue { continue }
            try check(code)
            return true
        }
        return false
    }

    private static func check(_ code: Int32) throws(PasswordHashError) {
        guard code == ARGON2_OK.rawValue else {
            throw PasswordHashError(description: String(cString: argon2_error_message(code)))
        }
    }
}
