import Testing

@testable import RoostPostgres

@Suite struct SCRAMTests {
    private let serverFirst = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"

    /// The exchange of RFC 7677 §3.
    @Test func theExchangeOfTheStandard() throws {
        let scram = SCRAM(binding: .unsupported, user: "user", nonce: "rOprNGfwEbeRWgbNEkqO")
        #expect(scram.first == "n,,n=user,r=rOprNGfwEbeRWgbNEkqO")
        let proof = try SCRAM.Proof.derive(try scram.challenge(serverFirst), password: "pencil")
        #expect(
            proof.message
                == "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")
        try proof.verify("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")
        #expect(throws: SCRAM.Failure.self) { try proof.verify("v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=") }
        #expect(throws: SCRAM.Failure.self) { try proof.verify("e=invalid-proof") }
        #expect(throws: SCRAM.Failure.self) { try proof.verify("") }
    }

    @Test(arguments: [
        "", "r=other,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", "r=nonce,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
        "r=nonce+,s=,i=4096", "r=nonce+,s=%,i=4096", "r=nonce+,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=0",
        "r=nonce+,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=99999999999999999999", "r=nonce+,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=2000000", "r", "=", ",,,",
    ])
    func aWrongChallengeIsRefused(_ message: String) {
        #expect(throws: SCRAM.Failure.self) { try SCRAM(binding: .unsupported, nonce: "nonce").challenge(message) }
    }

    @Test func theBindingIsPartOfTheProof() throws {
        let scram = SCRAM(binding: .certificate([1, 2, 3]), nonce: "nonce")
        #expect(scram.mechanism == .plus)
        #expect(scram.first == "p=tls-server-end-point,,n=,r=nonce")
        #expect(
            try scram.challenge("r=nonce+,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=1").withoutProof == "c=cD10bHMtc2VydmVyLWVuZC1wb2ludCwsAQID,r=nonce+"
        )
        #expect(SCRAM(binding: .notOffered, nonce: "nonce").first == "y,,n=,r=nonce")
    }

    /// The examples of RFC 4013 §3, and what PostgreSQL does with a password that the profile prohibits.
    @Test(arguments: [
        ("pencil", "pencil"), ("I\u{AD}X", "IX"), ("user", "user"), ("\u{AA}", "a"), ("\u{2168}", "IX"), ("\u{7}x", "\u{7}x"),
        ("a\u{A0}b", "a b"),
    ])
    func passwordsArePrepared(_ password: String, _ prepared: String) { #expect(SASLprep.prepared(password) == prepared) }

    @Test func anMD5ResponseIsTheHashOfTheStoredHash() {
        // SELECT 'md5' || md5(convert_to(md5('pencilalice'), 'UTF8') || '\x01020304')
        #expect(MD5Password.response(user: "alice", password: "pencil", salt: [1, 2, 3, 4]) == "md537cba386e8b90f1e3941a0e792722253")
    }
}
