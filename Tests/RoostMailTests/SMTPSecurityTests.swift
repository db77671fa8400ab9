import Foundation
import Roost
import TestTools
import Testing

@testable import RoostMail

/// TLS and passwords, with a server that is not ours.
@Suite(.timeLimit(.minutes(5))) struct SMTPSecurityTests {
    private func deliver(_ url: String) async throws { try await SMTPTransport(url: url).deliver(sample()) }

    private func sample() throws -> Mail {
        try Mail(
            from: MailAddress("shop@shop.example"), to: MailAddress("ada@example.com"), subject: "Grüße", text: ".\n..\nHi", html: "<p>Hi",
            attachments: [Mail.Attachment(name: "ä.bin", type: "a/b", content: Array(repeating: 7, count: 100_000))])
    }

    private func failure(_ url: String) async throws -> TransportError {
        try #require(await #expect(throws: TransportError.self) { try await deliver(url) })
    }

    @Test(
        "A mail arrives over TLS, signed in, by either mechanism",
        arguments: [("--starttls", "", "smtp", "PLAIN"), ("--starttls", "PLAIN", "smtp", "LOGIN"), ("--tls", "", "smtps", "PLAIN")])
    func signedIn(mode: String, without: String, scheme: String, mechanism: String) async throws {
        let certificates = try await MailServer.Certificates.make()
        let server = try await MailServer.start(mode, "--user", "me@x", "--password", "p:w/ö", "--without", without, with: certificates)
        let mail = try sample()
        try await SMTPTransport(url: "\(scheme)://me%40x:p%3Aw%2F%C3%B6@localhost:\(server.port)?ca=\(certificates.authority)").deliver(
            mail)
        let received = try await server.next()
        #expect(received.isSecured && received.mechanism == mechanism)
        #expect(received.sender == "shop@shop.example" && received.receivers == ["ada@example.com"])
        #expect(Array(received.message) == mail.message)
    }

    @Test(arguments: ["?tls=required&", "?"])
    func TLSIsUsedWithoutAPasswordToo(option: String) async throws {
        let certificates = try await MailServer.Certificates.make()
        let server = try await MailServer.start("--starttls", "--require-starttls", with: certificates)
        try await deliver("smtp://localhost:\(server.port)\(option)ca=\(certificates.authority)")
        #expect(try await server.next().isSecured)
    }

    @Test func withoutTLSNothingIsSentThatNeedsIt() async throws {
        let server = try await MailServer.start()
        for url in ["smtp://localhost:\(server.port)?tls=required", "smtp://me:hunter2@localhost:\(server.port)"] {
            let error = try await failure(url)
            #expect(error.code == .mailDeferred && error.message.contains("STARTTLS"), "\(error)")
        }
        #expect(try await failure("smtps://localhost:\(server.port)").code == .mailDeferred)
        // What may be sent without it is the first mail that the server sees.
        try await deliver("smtp://localhost:\(server.port)?tls=opportunistic")
        #expect(try await server.next().isSecured == false)
    }

    @Test(arguments: [("--starttls", "smtp"), ("--tls", "smtps")])
    func aCertificateOfAnotherIsRefused(mode: String, scheme: String) async throws {
        let certificates = try await MailServer.Certificates.make(), others = try await MailServer.Certificates.make()
        let server = try await MailServer.start(mode, "--user", "me", "--password", "hunter2", with: certificates)
        for place in [
            // An unknown authority, another authority, and another name: the certificate is for localhost.
            "localhost:\(server.port)", "localhost:\(server.port)?ca=\(others.authority)",
            "127.0.0.1:\(server.port)?ca=\(certificates.authority)",
        ] {
            let error = try await failure("\(scheme)://me:hunter2@\(place)")
            #expect(error.code == .mailDeferred && error.message.contains("certificate"), "\(error)")
        }
    }

    @Test func aWrongPasswordIsToldInTheServersWordsAndNotShown() async throws {
        let certificates = try await MailServer.Certificates.make()
        let server = try await MailServer.start("--starttls", "--user", "me", "--password", "hunter2", with: certificates)
        let error = try await failure("smtp://me:hunter3@localhost:\(server.port)?ca=\(certificates.authority)")
        // Not the mail's fault: it waits until somebody has corrected the setting.
        #expect(error.code == .mailDeferred && error.message.contains("535"), "\(error)")
        #expect(!"\(error)".contains("hunter3"))
    }

    @Test func aServerThatAsksForAPasswordKeepsTheMailWaiting() async throws {
        let certificates = try await MailServer.Certificates.make()
        let server = try await MailServer.start("--starttls", "--user", "me", "--password", "hunter2", with: certificates)
        let error = try await failure("smtp://localhost:\(server.port)?ca=\(certificates.authority)")
        #expect(error.code == .mailDeferred && error.message.contains("530"), "\(error)")
    }

    @Test func aMissingFileOfAuthoritiesStopsTheStart() {
        let error = #expect(throws: ConfigurationError.self) { try SMTPTransport(url: "smtps://me:hunter2@localhost?ca=/nowhere.pem") }
        #expect(error?.message == "SMTP_URL names a file with certificates that cannot be read: /nowhere.pem")
    }

    @Test(arguments: [
        "smtp://me:pw@h?tls=opportunistic", "smtps://h?tls=opportunistic", "smtp://h?tls=off", "smtp://h?tls=", "smtp://h?tls",
        "smtp://h?TLS=required", "smtp://h?tls=required&tls=required", "smtp://h?ca=", "smtp://h?verify=no",
    ])
    func wrongOptionsStopTheStart(url: String) {
        #expect(throws: ConfigurationError.self) { try SMTPLocation(url: url, key: "SMTP_URL") }
    }

    @Test func aReplyThatRepeatsThePasswordIsNotShown() throws {
        let location = try SMTPLocation(url: "smtp://me:hunter2@h", key: "SMTP_URL")
        let sent = Data("\0me\0hunter2".utf8).base64EncodedString(), login = Data("hunter2".utf8).base64EncodedString()
        #expect(location.redacted("535 hunter2? AUTH PLAIN \(sent) \(login)") == "535 ***? AUTH PLAIN *** ***")
    }
}
