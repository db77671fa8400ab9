import NIOCore
import Testing

@testable import RoostPostgres

@Suite struct HandshakeTests {
    private func credentials(_ mode: TLSMode = .disable, password: String? = "pencil") -> Credentials {
        Credentials(user: "alice", password: password, database: "shop", tls: mode)
    }

    private func receive(_ handshake: inout Handshake, _ kind: Character, _ body: [UInt8] = []) throws -> Handshake.Action {
        var server = ServerBytes()
        server.message(kind, body)
        var offset = 0
        return try server.bytes.withUnsafeBytes { bytes in
            let message = try #require(try BackendMessage.next(in: bytes, at: &offset, limit: BackendMessage.mostBytesAtStart))
            return try handshake.receive(message) { nil }
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

    @Test func anUnknownMethodIsNamed() {
        var handshake = Handshake(credentials(), asksForTLS: false)
        #expect { _ = try receive(&handshake, "R", ServerBytes.int32(7)) } throws: { "\($0)".contains("gss") }
    }
}
