import NIOCore
import Testing

@testable import RoostPostgres

@Suite struct HandshakeTests {
    private func credentials(_ mode: TLSMode = .disable, password: String? = "pencil") -> Credentials {
        Credentials(user: "alice", password: password, database: "shop", tls: mode)
    }

    private func receive(
        _ handshake: inout Handshake, _ kind: Character, _ body: [UInt8] = [], certificate: [UInt8]? = nil
    ) throws -> Handshake.Action {
        var server = ServerBytes()
        server.message(kind, body)
        var offset = 0
        return try server.bytes.withUnsafeBytes { bytes in
            let message = try #require(try BackendMessage.next(in: bytes, at: &offset, limit: BackendMessage.mostBytesAtStart))
            return try handshake.receive(message) { certificate }
        }
    }

    @Test func aTrustedRoleNeedsNoPassword() throws {
        var handshake = Handshake(credentials(password: nil), asksForTLS: false)
        #expect(handshake.start().readableBytes > 0)
        _ = try receive(&handshake, "R", ServerBytes.int32(0))
        _ = try receive(&handshake, "S", ServerBytes.text("in_hot_standby") + ServerBytes.text("off"))
        _ = try receive(&handshake, "K", ServerBytes.int32(7) + ServerBytes.int32(9))
        guard case .finish(let session) = try receive(&handshake, "Z", [0x49]) else {
            Issue.record("the handshake is not over")
            return
        }
        #expect(session.key == BackendKey(processID: 7, secret: 9))
        #expect(session.isStandby == false)
    }

    /// A password that others could read is not sent, even if the server asks for it.
    @Test(arguments: [Int(3), 5])
    func anInsecureMethodIsRefusedWithoutTLS(_ method: Int) {
        var handshake = Handshake(credentials(), asksForTLS: false)
        #expect { _ = try receive(&handshake, "R", ServerBytes.int32(method) + [1, 2, 3, 4]) } throws: {
            if case .insecure = $0 as? HandshakeFailure { true } else { false }
        }
    }

    @Test func dataBeforeTLSIsRefused() {
        var handshake = Handshake(credentials(.require), asksForTLS: true)
        #expect(throws: HandshakeFailure.self) { try handshake.receive(tlsReply: 0x53, isAlone: false) }
    }

    @Test func aServerWithoutTLSIsRefusedWhereItIsRequired() throws {
        var strict = Handshake(credentials(.require), asksForTLS: true)
        #expect(throws: HandshakeFailure.self) { try strict.receive(tlsReply: 0x4E, isAlone: true) }
        var lenient = Handshake(credentials(.prefer), asksForTLS: true)
        guard case .send = try lenient.receive(tlsReply: 0x4E, isAlone: true) else {
            Issue.record("the connection does not go on")
            return
        }
    }

    /// Nothing of this traps, and nothing is taken out of order.
    @Test(arguments: ["Z", "K", "S", "D", "A", "1", "t"] as [Character])
    func nothingComesBeforeTheAuthentication(_ kind: Character) {
        var handshake = Handshake(credentials(), asksForTLS: false)
        #expect(throws: HandshakeFailure.self) { try receive(&handshake, kind, [0x49]) }
    }

    @Test func aProofCannotBeSkipped() throws {
        var handshake = Handshake(credentials(), asksForTLS: false)
        guard case .send = try receive(&handshake, "R", ServerBytes.int32(10) + ServerBytes.text("SCRAM-SHA-256") + [0]) else {
            Issue.record("the exchange does not begin")
            return
        }
        // A server that does not know the password says that all is well.
        #expect(throws: HandshakeFailure.self) { try receive(&handshake, "R", ServerBytes.int32(0)) }
    }

    /// What a server, or somebody in its place, may ask for first.
    enum Demand: CaseIterable {
        case nothing, password, md5, plainSCRAM

        var method: AuthenticationMethod {
            switch self {
            case .nothing: .none
            case .password: .clear
            case .md5: .md5
            case .plainSCRAM: .scram
            }
        }

        var body: [UInt8] {
            switch self {
            case .nothing: ServerBytes.int32(0)
            case .password: ServerBytes.int32(3)
            case .md5: ServerBytes.int32(5) + [1, 2, 3, 4]
            case .plainSCRAM: ServerBytes.int32(10) + ServerBytes.text("SCRAM-SHA-256") + [0]
            }
        }
    }

    private func secured(_ change: (inout Credentials) -> Void) throws -> Handshake {
        var credentials = credentials(.require)
        change(&credentials)
        var handshake = Handshake(credentials, asksForTLS: true)
        _ = try handshake.receive(tlsReply: 0x53, isAlone: true)
        return handshake
    }

    /// Whoever stands between client and server must not get an answer by asking for less.
    @Test(arguments: Demand.allCases) func aRequiredChannelBindingAllowsNothingElse(_ demand: Demand) throws {
        var handshake = try secured { $0.channelBinding = .require }
        #expect {
            _ = try receive(&handshake, "R", demand.body, certificate: [1, 2, 3])
        } throws: {
            if case .noChannelBinding = $0 as? HandshakeFailure { true } else { false }
        }
    }

    @Test func aRequiredChannelBindingIsUsed() throws {
        var handshake = try secured { $0.channelBinding = .require }
        let offer = ServerBytes.text("SCRAM-SHA-256-PLUS") + ServerBytes.text("SCRAM-SHA-256") + [0]
        guard case .send(let buffer) = try receive(&handshake, "R", ServerBytes.int32(10) + offer, certificate: [1, 2, 3]) else {
            Issue.record("the exchange does not begin")
            return
        }
        #expect(String(buffer: buffer).contains("SCRAM-SHA-256-PLUS"))
        #expect(String(buffer: buffer).contains("p=tls-server-end-point"))
    }

    @Test(arguments: Demand.allCases) func onlyAllowedMethodsAreAnswered(_ demand: Demand) throws {
        var handshake = try secured { $0.methods = AuthenticationMethod.all.subtracting([demand.method]) }
        #expect {
            _ = try receive(&handshake, "R", demand.body)
        } throws: {
            if case .notAllowed(demand.method) = $0 as? HandshakeFailure { true } else { false }
        }
        var lenient = try secured { $0.methods = [demand.method] }
        #expect(throws: Never.self) { try receive(&lenient, "R", demand.body) }
    }

    @Test(
        arguments: [
            ("scram-sha-256", [.scram]), ("password, md5", [.clear, .md5]), ("!none", [.clear, .md5, .scram]), ("none", [.none]), ("", nil),
            ("gss", nil), ("!md5,password", nil), ("md5,,password", nil),
        ] as [(String, Set<AuthenticationMethod>?)])
    func aListOfMethodsIsRead(_ text: String, _ methods: Set<AuthenticationMethod>?) { #expect(AuthenticationMethod.list(text) == methods) }

    @Test func anUnknownMethodIsNamed() {
        var handshake = Handshake(credentials(), asksForTLS: false)
        #expect { _ = try receive(&handshake, "R", ServerBytes.int32(7)) } throws: { "\($0)".contains("gss") }
    }
}
