import NIOCore

/// The start of a connection: TLS, authentication, and the server's settings. A pure state machine that is told what arrives and says what
/// to do.
struct Handshake {
    /// What the connection must do.
    enum Action {
        case none
        case send(ByteBuffer)
        case startTLS
        /// Derive the proof off the event loop, and pass it to `prove(_:)`.
        case derive(SCRAM.Challenge)
        case finish(ServerSession)
    }

    private enum Phase {
        case tlsReply
        case authentication
        case challenge(SCRAM)
        case deriving
        case proof(SCRAM.Proof)
        /// The server has proved itself, or does not have to.
        case verified
        case settings
    }

    private let credentials: Credentials
    private var phase: Phase
    private var isSecured = false
    private var session = ServerSession()

    /// - Parameter asksForTLS: Whether the connection begins with a request for TLS.
    init(_ credentials: Credentials, asksForTLS: Bool) {
        self.credentials = credentials
        phase = asksForTLS ? .tlsReply : .authentication
    }

    /// Whether the next byte is the answer to the request for TLS, which is not a message.
    var awaitsTLSReply: Bool { if case .tlsReply = phase { true } else { false } }

    /// Begins the connection.
    func start() -> ByteBuffer {
        var buffer = ByteBuffer()
        if awaitsTLSReply { buffer.writeTLSRequest() } else { buffer.writeStartup(credentials.parameters) }
        return buffer
    }

    /// Takes the answer to the request for TLS.
    /// - Parameters:
    ///   - byte: The answer.
    ///   - isAlone: Whether nothing arrived with it. Anything else would have been sent by somebody in between (CVE-2021-23222).
    /// - Returns: `startTLS`, after which `startupAfterTLS()` is to be sent; or what to send without TLS.
    mutating func receive(tlsReply byte: UInt8, isAlone: Bool) throws(HandshakeFailure) -> Action {
        phase = .authentication
        switch Unicode.Scalar(byte) {
        case "S":
            guard isAlone else { throw .violation("data before the TLS handshake") }
            isSecured = true
            return .startTLS
        case "N":
            guard !credentials.tls.isRequired else { throw .noTLS }
            return .send(start())
        // An error comes as a message of its own, from servers that do not know the request.
        default: throw .violation("an unknown answer to the request for TLS")
        }
    }

    /// Takes a message.
    /// - Parameter certificate: Returns the hash of the server's certificate for channel binding, if there is one.
    mutating func receive(
        _ message: BackendMessage, certificate: () -> [UInt8]?
    ) throws(HandshakeFailure) -> Action {
        do {
            switch message.kind {
            case .authentication: return try authenticate(message, certificate)
            case .errorResponse: throw HandshakeFailure.server(try ServerMessage(message.body))
            case .noticeResponse, .negotiateProtocolVersion: return .none
            case .parameterStatus: return try settle(message)
            case .backendKeyData: return try settle(message)
            case .readyForQuery: return try settle(message)
            default: throw HandshakeFailure.violation("the message \(message.kind.name) at the start")
            }
        } catch let failure as HandshakeFailure {
            throw failure
        } catch let failure as SCRAM.Failure {
            throw .scram(failure)
        } catch {
            throw .violation("\(error)")
        }
    }

    /// Takes a proof that was derived.
    mutating func prove(_ proof: SCRAM.Proof) -> Action {
        guard case .deriving = phase else { return .none }
        phase = .proof(proof)
        return .send(ByteBuffer { $0.writeSASLResponse(proof.message) })
    }
}

extension Handshake {
    private mutating func settle(_ message: BackendMessage) throws -> Action {
        guard case .settings = phase else { throw ProtocolViolation("the message \(message.kind.name) before the authentication") }
        var reader = MessageReader(message.body)
        switch message.kind {
        case .parameterStatus:
            session.parameters[try reader.string()] = try reader.string()
            guard session.parameters.count <= 1_000 else { throw ProtocolViolation("too many parameters") }
        case .backendKeyData: session.key = BackendKey(processID: try reader.int32(), secret: try reader.int32())
        default:
            guard try TransactionStatus(message) == .idle else { throw ProtocolViolation("a transaction at the start") }
            return .finish(session)
        }
        try reader.finish()
        return .none
    }

    private mutating func authenticate(_ message: BackendMessage, _ certificate: () -> [UInt8]?) throws -> Action {
        var reader = MessageReader(message.body)
        switch (try reader.int32(), phase) {
        case (0, .authentication):
            try check(.none)
            phase = .settings
            return .none
        case (0, .verified):
            phase = .settings
            return .none
        case (3, .authentication): return .send(try clear())
        case (5, .authentication): return .send(try md5(Array(try reader.bytes(4))))
        case (10, .authentication): return .send(try sasl(&reader, certificate))
        case (11, .challenge(let scram)):
            let challenge = try text(&reader)
            phase = .deriving
            return .derive(try scram.challenge(challenge))
        case (12, .proof(let proof)):
            try proof.verify(try text(&reader))
            phase = .verified
            return .none
        case (let method, .authentication): throw HandshakeFailure.unsupported(Self.methods[method] ?? "number \(method)")
        default: throw ProtocolViolation("a step of the authentication out of order")
        }
    }

    /// The methods that the driver does not speak (`pg_hba.conf`'s names).
    private static let methods: [Int32: String] = [2: "krb5", 6: "scm", 7: "gss", 9: "sspi"]

    private func text(_ reader: inout MessageReader) throws -> String { String(decoding: reader.rest(), as: UTF8.self) }

    /// Checks that the configuration allows the way in which the server wants to authenticate the client, before anything that depends on
    /// the password is sent. Only SCRAM can be bound to the TLS connection.
    private func check(_ method: AuthenticationMethod) throws {
        guard credentials.methods.contains(method) else { throw HandshakeFailure.notAllowed(method) }
        guard method == .scram || credentials.channelBinding != .require else { throw HandshakeFailure.noChannelBinding }
    }

    /// Returns the password for a method that reveals it, or something as good, to whoever reads it on its way.
    private func password(for method: AuthenticationMethod) throws -> String {
        try check(method)
        guard isSecured else { throw HandshakeFailure.insecure(method) }
        return try password()
    }

    private func password() throws -> String {
        guard let password = credentials.password else { throw HandshakeFailure.noPassword }
        return password
    }

    private mutating func clear() throws -> ByteBuffer {
        let password = try password(for: .clear)
        phase = .verified
        return ByteBuffer { $0.writePassword(password) }
    }

    private mutating func md5(_ salt: [UInt8]) throws -> ByteBuffer {
        let password = try password(for: .md5)
        phase = .verified
        return ByteBuffer { $0.writePassword(MD5Password.response(user: credentials.user, password: password, salt: salt)) }
    }

    private mutating func sasl(_ reader: inout MessageReader, _ certificate: () -> [UInt8]?) throws -> ByteBuffer {
        try check(.scram)
        _ = try password()
        var offered: Set<String> = []
        while reader.remaining > 1 { offered.insert(try reader.string()) }
        let scram = SCRAM(binding: try binding(offered, certificate))
        phase = .challenge(scram)
        return ByteBuffer { $0.writeSASLInitial(mechanism: scram.mechanism.rawValue, scram.first) }
    }

    private func binding(_ offered: Set<String>, _ certificate: () -> [UInt8]?) throws -> SCRAM.Binding {
        let hash = isSecured ? certificate() : nil
        if let hash, offered.contains(SCRAM.Mechanism.plus.rawValue), credentials.channelBinding != .disable { return .certificate(hash) }
        guard credentials.channelBinding != .require else { throw HandshakeFailure.noChannelBinding }
        guard offered.contains(SCRAM.Mechanism.plain.rawValue) else {
            throw HandshakeFailure.unsupported(offered.sorted().joined(separator: ", "))
        }
        return hash != nil && credentials.channelBinding != .disable ? .notOffered : .unsupported
    }
}

extension ByteBuffer {
    /// Creates a buffer with what a closure writes.
    fileprivate init(_ write: (inout ByteBuffer) -> Void) {
        self.init()
        write(&self)
    }
}
