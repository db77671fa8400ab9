import Foundation
import RoostHTTP
import RoostSystemTesting
import Testing

/// What the shop reveals in production, and in its output.
@Suite(.serialized, .timeLimit(.minutes(5))) struct SecrecyTests {
    @Test(arguments: [[], ["--together"]])
    func productionIsWhatIsNotSaidOtherwise(arguments: [String]) async throws {
        let shop = try await ShopProcess.start(arguments, ["ENVIRONMENT": ""])
        let http = PooledHTTPClient()
        defer { http.shutdown() }
        let client = HTTPTestClient(http, to: shop.address)
        #expect(try await client.send(.get, "/dev/mail").status == .notFound)
        #expect(try await client.send(.get, "/dev/mail?to=a@example.com").status == .notFound)
        #expect(await shop.stop() == 0)
    }

    @Test(arguments: ["critical", "info"])
    func theAdministratorsPasswordIsShownOnceWhateverTheLogLevel(level: String) async throws {
        let shop = try await ShopProcess.start([], ["ADMIN_PASSWORD": "", "LOG_LEVEL": level])
        let http = PooledHTTPClient()
        defer { http.shutdown() }
        let shown = shop.text.matches(of: #/administrator admin@shop.example was created with the password (\S+)/#)
        #expect(shown.count == 1)
        let password = try #require(shown.first?.1)
        let body = #"{"email": "admin@shop.example", "password": "\#(password)"}"#
        #expect(try await HTTPTestClient(http, to: shop.address).send(.post, "/sessions", json: body).status == .created)
        #expect(await shop.stop() == 0)
    }

    @Test func noSecretIsWritten() async throws {
        let secrets = [
            "ADMIN_PASSWORD": "hunter2-administrator", "SERVICE_KEY": "hunter2-of-the-services", "WEBHOOK_SECRET": "hunter2-of-webhooks",
            "SMTP_URL": "smtp://me:hunter2-of-mail@127.0.0.1:1",
        ]
        let shop = try await ShopProcess.start([], secrets.merging(["LOG_LEVEL": "trace"]) { $1 })
        let http = PooledHTTPClient()
        defer { http.shutdown() }
        _ = try await Customer.signedUp(at: shop, by: http)
        try await eventually("a mail is tried") { shop.text.contains("The mail failed, attempt 1") }
        #expect(await shop.stop() == 0)
        #expect(!shop.text.contains("hunter2"))
    }
}
