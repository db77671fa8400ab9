import CRoostArgon2
import Roost

/// Hashes passwords with Argon2id (RFC 9106) on a small number of threads of its own.
///
/// Memory use is bounded: each thread uses the memory that the cost sets. Clients, told apart by their addresses, take turns, so that one
/// client with many requests does not keep the others waiting. When the queue is full, the client with the most waiting requests gets a
/// 503.
public struct PasswordHasher: Sendable {
    private let cost: PasswordCost
    private let pool: BlockingPool
    private let turns: FairSemaphore

    /// Creates a hasher and its threads.
    /// - Parameters:
    ///   - cost: The work that each new hash takes.
    ///   - threads: How many passwords are hashed at once.
    ///   - limit: How many requests each thread may have, counting the one that is running.
    public init(cost: PasswordCost = .recommended, threads: Int = 1, limit: Int = 64) {
        self.cost = cost
        let threads = max(1, threads)
        pool = BlockingPool("roost.password", threads: threads, limit: limit)
        var limits = FairSemaphore.Limits()
        limits.permits = threads
        limits.waiters = threads * max(0, limit - 1)
        turns = FairSemaphore(limits)
    }

    /// Hashes a password with a new random salt.
    /// - Returns: The hash with its salt and cost, in the PHC string format.
    /// - Throws: A `Problem` with status 503 if too many requests are waiting.
    public func hash(_ password: String) async throws -> String {
        try await inTurn { [cost] in try Argon2id.hash(password, salt: Secret.bytes(16), cost: cost) }
    }

    /// Returns whether a password is the one that was hashed.
    /// - Parameters:
    ///   - password: The password to check.
    ///   - encoded: The result of `hash(_:)`. Pass `nil` if the account does not exist: the check then takes as long and returns `false`,
    ///     so that the time does not reveal which accounts exist.
    /// - Throws: A `Problem` with status 503 if too many requests are waiting; a `ConfigurationError` if `encoded` is not a valid hash.
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
        do {
            return try await turns.withPermit(for: ClientKey(RequestContext.current?.clientAddress)) { try await pool.run(work) }
        } catch is FairSemaphore.Refusal {
            throw Problem.unavailable("Too many requests are in progress. Try again soon.")
        }
    }

    /// Returns whether a hash was made at another cost. If so, hash the password again at the next successful sign-in.
    public func needsRehash(_ encoded: String) -> Bool { PasswordCost(encoded: encoded) != cost }
}

extension ConfigurationError.Code {
    /// A password cannot be hashed at the cost that is set, or a stored hash is not one of this algorithm.
    public static let passwordHash = ConfigurationError.Code(rawValue: "password_hash")
}

extension ConfigurationError {
    /// - Parameter reason: The reason, in libargon2's words if it comes from there. It contains neither the password nor the hash.
    fileprivate init(passwordHash reason: String) { self.init("the password hash is unusable: \(reason)", code: .passwordHash) }
}

/// Calls libargon2, on the calling thread.
enum Argon2id {
    private static let hashLength = 32

    static func hash(_ password: String, salt: [UInt8], cost: PasswordCost) throws(ConfigurationError) -> String {
        try hash(Array((PasswordProfile.prepare(password) ?? password).utf8), salt: salt, cost: cost)
    }

    static func hash(_ password: [UInt8], salt: [UInt8], cost: PasswordCost) throws(ConfigurationError) -> String {
        let memory = UInt32(cost.memory), passes = UInt32(cost.passes), lanes = UInt32(cost.lanes)
        let length = argon2_encodedlen(passes, memory, lanes, UInt32(salt.count), UInt32(hashLength), Argon2_id)
        var encoded = [CChar](repeating: 0, count: length)
        try check(
            argon2id_hash_encoded(
                passes, memory, lanes, password, password.count, salt, salt.count, hashLength, &encoded, encoded.count))
        return String(decoding: encoded.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    static func verify(_ password: String, against encoded: String) throws(ConfigurationError) -> Bool {
        guard PasswordCost(encoded: encoded) != nil else { throw ConfigurationError(passwordHash: "not an Argon2id hash") }
        for form in PasswordProfile.forms(of: password) {
            let bytes = Array(form.utf8)
            let code = argon2id_verify(encoded, bytes, bytes.count)
            if code == ARGON2_VERIFY_MISMATCH.rawValue { continue }
            try check(code)
            return true
        }
        return false
    }

    private static func check(_ code: Int32) throws(ConfigurationError) {
        guard code == ARGON2_OK.rawValue else {
            throw ConfigurationError(passwordHash: String(cString: argon2_error_message(code)))
        }
    }
}
