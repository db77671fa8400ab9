import Accounts
import AccountsAPI
import Foundation
import Roost
import RoostSystemTesting
import Testing

@Suite struct AccountTests {
    @Test func anAccountChangesItsName() async throws {
        try await TestSystem.run {
            AccountsService()
        } test: { system in
            let ada = try await SignedIn.ada(in: system)
            #expect(try await ada.client.changeMe(AccountChanges(name: nil), by: .signedIn).name == "Ada")
            #expect(try await ada.client.changeMe(AccountChanges(name: "Ada Lovelace"), by: .signedIn).name == "Ada Lovelace")
            #expect(try await ada.client.me(.signedIn).name == "Ada Lovelace")
            await #expect(
                performing: { try await ada.client.changeMe(AccountChanges(name: ""), by: .signedIn) },
                throws: refused(with: .unprocessable))
        }
    }

    @Test func withoutATokenNobodyIsKnown() async throws {
        try await TestSystem.run {
            AccountsService()
        } test: { system in
            let client = try await system.client(of: "accounts")
            let none = try await client.send(.get, "/accounts/me")
            #expect(none.status == 401 && none.headers["www-authenticate"] == "Bearer")
            let forged = try await client.send(.get, "/accounts/me", headers: ["authorization": "Bearer a.b.c"])
            #expect(forged.status == 401)
        }
    }

    @Test func onlyServicesReadOtherAccounts() async throws {
        try await TestSystem.run {
            AccountsService()
        } test: { system in
            let ada = try await SignedIn.ada(in: system)
            let id = try await ada.client.me(.signedIn).id
            await #expect(performing: { try await ada.client.account(id: id) }, throws: refused(with: .forbidden))
            let service = try await system.client(AccountsAPIContract.self, as: .service("orders"))
            #expect(try await service.account(id: id).id == id)
            await #expect(performing: { try await service.account(id: .v7()) }, throws: refused(with: .notFound))
        }
    }

    @Test func theKeysArePublicAndNoMore() async throws {
        try await TestSystem.run {
            AccountsService()
        } test: { system in
            let response = try await system.client(of: "accounts").send(.get, "/.well-known/jwks.json")
            #expect(response.status == 200)
            let keys = try await system.client(AccountsAPIContract.self).keys().keys
            #expect(keys.map(\.alg) == ["ES256"])
            #expect(!response.text.contains(#""d":"#))
        }
    }

    @Test func theAdministratorIsMadeOnce() async throws {
        let folder = try TemporaryFolder()
        let credentials = Credentials(email: "admin@shop.example", password: "the first password")
        try await TestSystem.run(["ADMIN_PASSWORD": credentials.password], in: folder) {
            AccountsService()
        } test: { system in
            let administrator = try await SignedIn.again(in: system, credentials)
            #expect(try await administrator.client.me(.signedIn).role == .admin)
        }
        try await TestSystem.run(["ADMIN_PASSWORD": "another password"], in: folder) {
            AccountsService()
        } test: { system in
            let administrator = try await SignedIn.again(in: system, credentials)
            #expect(try await administrator.client.me(.signedIn).role == .admin)
            let other = Credentials(email: credentials.email, password: "another password")
            await #expect(performing: { try await SignedIn.again(in: system, other) }, throws: refused(with: .unauthorized))
        }
    }

    @Test func aShortAdministratorsPasswordStopsTheStart() async throws {
        let error = await #expect(throws: ConfigurationError.self) {
            try await TestSystem.run(["ADMIN_PASSWORD": "short"]) {
                AccountsService()
            } test: { _ in
            }
        }
        #expect(error?.description == "ADMIN_PASSWORD=*** is wrong: it must be 10 to 128 characters")
    }

    @Test func tokensOutliveARestart() async throws {
        let folder = try TemporaryFolder()
        let tokens = try await TestSystem.run(in: folder) {
            AccountsService()
        } test: {
            try await SignedIn.ada(in: $0).tokens
        }
        try await TestSystem.run(in: folder) {
            AccountsService()
        } test: { system in
            let client = try await system.client(AccountsAPIContract.self, as: .bearer(tokens.accessToken))
            #expect(try await client.me(.signedIn).name == "Ada")
        }
    }
}
