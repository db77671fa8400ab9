import Roost
import Testing

@testable import RoostAuth

@Suite struct ProvenSecretTests {
    @Test func aSecretProvesThatItWasIssuedAndForWhat() {
        let key = SigningKey.generate()
        let secrets = ProvenSecret(of: key, purpose: "refresh token")
        let secret = secrets.issue(for: "session 1")
        #expect(secret != secrets.issue(for: "session 1"))
        #expect(ProvenSecret(of: key, purpose: "refresh token").isIssued(secret, for: "session 1"))
        #expect(!secrets.isIssued(secret, for: "session 2"))
        #expect(!ProvenSecret(of: key, purpose: "other").isIssued(secret, for: "session 1"))
        #expect(!ProvenSecret(of: .generate(), purpose: "refresh token").isIssued(secret, for: "session 1"))
        let parts = secret.split(separator: ".")
        for forged in [
            "", ".", "x", "x.y", "\(parts[0])", "\(parts[0]).", ".\(parts[1])", "\(parts[1]).\(parts[0])", secret + ".", secret + "A",
        ] {
            #expect(!secrets.isIssued(forged, for: "session 1"))
        }
    }
}
