import AccountsAPI
import AccountsTesting
import Foundation
import RoostHTTP
import RoostSystemTesting
import Testing

/// Schemathesis (https://schemathesis.io) sends valid and invalid requests to every documented operation. No request may cause an internal
/// error, and every response must conform to the document in status, media type and schema. The documents themselves are checked first,
/// with validators for OpenAPI and AsyncAPI.
@Suite(.serialized, .timeLimit(.minutes(30))) struct SchemathesisTests {
    private static let root = URL(fileURLWithPath: #filePath + "/../../../..").standardizedFileURL

    /// Requests that end the session that the other requests use.
    private static let endings = "^/sessions/(current|.id.)$"

    @Test func everyResponseIsADocumentedOne() async throws {
        let shop = try await ShopProcess.start()
        let http = PooledHTTPClient()
        defer { http.shutdown() }
        let accounts = AccountsAPIContract.client(over: HTTPTestClient(http, to: shop.address))
        _ = try await accounts.signUp(NewAccount(email: "eve@example.com", password: "a good password", name: "Eve"))
        let customer = try await accounts.signIn(Credentials(email: "eve@example.com", password: "a good password")).accessToken
        let administrator = try await accounts.signIn(
            Credentials(email: "admin@shop.example", password: ShopProcess.adminPassword)
        ).accessToken

        try await check(shop.address, as: customer, ["--exclude-path-regex", Self.endings])
        try await check(shop.address, as: administrator, ["--exclude-path-regex", Self.endings])
        let environment = try #require(shop.environment(of: "orders"))
        let key = try #require(environment["SERVICE_KEY"])
        // With the service key, the caller is known even without a token, so the correct status is 403 and not 401.
        let service = ["-H", "x-service-key: \(key)", "-H", "x-service-name: tests", "--exclude-checks", "missing_required_header"]
        // Programs in other languages need not have documents.
        for address in try #require(environment["ADDRESSES"]).split(separator: ",") where !address.hasPrefix("recommendations=") {
            let port = try #require(address.split(separator: ":").last.flatMap { Int($0) })
            // The processor does not use tokens.
            try await check(
                HTTPAddress(host: "127.0.0.1", port: port), as: address.hasPrefix("processor=") ? nil : administrator,
                service + (address.hasPrefix("accounts=") ? ["--exclude-path-regex", Self.endings] : []))
        }
        try await check(shop.address, as: customer, ["--include-path-regex", Self.endings])
        #expect(await shop.stop() == 0)
    }

    private static func path(_ name: String) -> String { root.appendingPathComponent(name).path }

    private func check(_ address: HTTPAddress, as token: String?, _ arguments: [String]) async throws {
        let folder = try TemporaryFolder()
        let python = try await ShopProcess.run(Self.path("scripts/python"), []).output
        let interpreter = try #require(python.split(separator: "\n").last.map(String.init))
        let url = "http://\(address.host):\(address.port)"
        let documents = try await ShopProcess.run(
            interpreter,
            [Self.path("shop/Tests/SystemTests/documents.py"), url, Self.path("Tests/RoostDocumentsTests/Data/asyncapi-3.0.0.json.gz")])
        #expect(documents.code == 0, "\(url): \(documents.output)")
        let settings = Self.path("shop/Tests/SystemTests/schemathesis.toml")
        let command = ["timeout", "240", interpreter, "-m", "schemathesis.cli", "--config-file", settings]
        let authorization = token.map { ["-H", "Authorization: Bearer \($0)"] } ?? []
        let result = try await ShopProcess.run(
            "/usr/bin/env", ["-C", folder.path] + command + ["run", url + "/openapi.json", "--url", url] + authorization + arguments)
        #expect(result.code == 0, "\(result.output)")
    }
}
