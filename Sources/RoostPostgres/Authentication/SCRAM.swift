import Crypto
import CryptoExtras

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The client's side of SCRAM-SHA-256, with or without channel binding (RFC 5802, RFC 7677; `tls-server-end-point` of RFC 5929).
///
/// It does no work itself: `Proof.derive` takes milliseconds and is meant to run off the event loop.
struct SCRAM {
    /// Why the exchange ended.
    struct Failure: Error, Hashable {
        let reason: String
    }

    enum Mechanism: String {
        case plain = "SCRAM-SHA-256"
        case plus = "SCRAM-SHA-256-PLUS"
    }

    /// How the exchange refers to the TLS connection.
    enum Binding {
        /// There is no TLS.
        case unsupported
        /// There is TLS, but the server did not offer to be bound to it. It detects if somebody removed that from its offer.
        case notOffered
        /// The hash of the server's certificate.
        case certificate([UInt8])

        var header: String {
            switch self {
            case .unsupported: "n,,"
            case .notOffered: "y,,"
            case .certificate: "p=tls-server-end-point,,"
            }
        }

        var data: [UInt8] {
            if case .certificate(let hash) = self { Array(header.utf8) + hash } else { Array(header.utf8) }
        }
    }

    /// The fewest and the most rounds that a server may ask for. More would be an attack on the client's time.
    private static let rounds = 1...1_000_000

    let mechanism: Mechanism
    private let binding: Binding
    private let user: String
    private let nonce: String

    /// - Parameters:
    ///   - user: The name of the user, which PostgreSQL leaves out, because it knows it from the start of the connection.
    ///   - nonce: Random text of printable characters without a comma.
    init(binding: Binding, user: String = "", nonce: String = SCRAM.makeNonce()) {
        self.user = user
        if case .certificate = binding { mechanism = .plus } else { mechanism = .plain }
        self.binding = binding
        self.nonce = nonce
    }

    /// The first message.
    var first: String { binding.header + bareFirst }
    private var bareFirst: String { "n=\(user),r=\(nonce)" }

    /// Reads the server's first message.
    /// - Returns: What the proof is derived from.
    /// - Throws: A `Failure` if the message is wrong.
    func challenge(_ message: String) throws(Failure) -> Challenge {
        let fields = Self.fields(message)
        guard let nonce = fields["r"], nonce.hasPrefix(self.nonce), nonce.utf8.count > self.nonce.utf8.count else {
            throw Failure(reason: "the server's nonce does not continue the client's")
        }
        guard let salt = fields["s"].flatMap({ Data(base64Encoded: $0) }), !salt.isEmpty else { throw Failure(reason: "the salt is wrong") }
        guard let rounds = fields["i"].flatMap(Int.init), Self.rounds.contains(rounds) else {
            throw Failure(reason: "the number of rounds is wrong")
        }
        let withoutProof = "c=\(Data(binding.data).base64EncodedString()),r=\(nonce)"
        return Challenge(
            salt: salt, rounds: rounds, withoutProof: withoutProof, authMessage: "\(bareFirst),\(message),\(withoutProof)")
    }

    static func fields(_ message: String) -> [String: String] {
        var fields: [String: String] = [:]
        for field in message.split(separator: ",") where field.dropFirst().first == "=" {
            fields[String(field.prefix(1))] = String(field.dropFirst(2))
        }
        return fields
    }

    static func makeNonce() -> String {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<18).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        return Data(bytes).base64EncodedString()
    }
}

extension SCRAM {
    /// The server's challenge, and everything that the proof covers.
    struct Challenge: Hashable, Sendable {
        let salt: Data
        let rounds: Int
        let withoutProof: String
        let authMessage: String
    }

    /// The client's last message, and what the server must answer to prove that it knows the password too.
    struct Proof: Hashable, Sendable {
        let message: String
        private let serverSignature: Data

        /// Derives the proof from the password: as many hashes as the server asks for, usually 4,096.
        static func derive(_ challenge: Challenge, password: String) throws -> Proof {
            let salted = try KDF.Insecure.PBKDF2.deriveKey(
                from: Array(SASLprep.prepared(password).utf8), salt: challenge.salt, using: .sha256, outputByteCount: 32,
                unsafeUncheckedRounds: challenge.rounds)
            let clientKey = authenticate("Client Key", with: salted)
            let signature = authenticate(challenge.authMessage, with: SymmetricKey(data: SHA256.hash(data: clientKey)))
            let proof = Data(zip(clientKey, signature).map { $0 ^ $1 }).base64EncodedString()
            let serverKey = SymmetricKey(data: authenticate("Server Key", with: salted))
            return Proof(
                message: "\(challenge.withoutProof),p=\(proof)", serverSignature: authenticate(challenge.authMessage, with: serverKey))
        }

        /// Checks the server's last message.
        func verify(_ message: String) throws(Failure) {
            let fields = SCRAM.fields(message)
            if let error = fields["e"] { throw Failure(reason: "the server says \(error)") }
            guard let signature = fields["v"].flatMap({ Data(base64Encoded: $0) }), isEqual(signature) else {
                throw Failure(reason: "the server does not know the password")
            }
        }

        /// Compares in constant time.
        private func isEqual(_ signature: Data) -> Bool {
            signature.count == serverSignature.count && zip(signature, serverSignature).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
        }

        private static func authenticate(_ text: String, with key: SymmetricKey) -> Data {
            Data(HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: key))
        }
    }
}
