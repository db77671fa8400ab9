import Accounts
import AccountsAPI
import Foundation
import Roost
import RoostData
import RoostSQLite
import RoostSystemTesting
import Testing

@Suite struct SessionTests {
    /// The names that existing clients read and send.
    @Test func theNamesOnTheWireStay() {
        let pair = TokenPair(accessToken: "a", refreshToken: "r", expiresIn: 1)
        #expect(JSON.text(pair) == #"{"accessToken":"a","refreshToken":"r","tokenType":"Bearer","expiresIn":1}"#)
        #expect(JSON.text(RefreshRequest(refreshToken: "r")) == #"{"refreshToken":"r"}"#)
    }

    @Test func signingInGivesTokens() async throws {
        try await TestSystem.run {
            AccountsService()
        } test: { system in
            let ada = try await SignedIn.ada(in: system)
            #expect(ada.tokens.tokenType == "Bearer" && ada.tokens.expiresIn == 900)
            #expect(try await ada.client.me(.signedIn).name == "Ada")
        }
    }

    @Test func aWrongPasswordAndAnUnknownAccountLookTheSame() async throws {
        try await TestSystem.run {
            AccountsService()
        } test: { system in
            _ = try await SignedIn.ada(in: system)
            let client = try await system.client(of: "accounts")
            let wrong = try await client.send(.post, "/sessions", json: #"{"email":"ada@example.com","password":"a bad password"}"#)
            let unknown = try await client.send(.post, "/sessions", json: #"{"email":"eve@example.com","password":"a bad password"}"#)
            #expect(wrong.status == 401 && unknown.status == 401)
            #expect(wrong.headers["www-authenticate"] == "Bearer" && unknown.headers["www-authenticate"] == "Bearer")
            #expect(wrong.problem.detail == unknown.problem.detail && wrong.problem.detail != nil)
        }
    }

    @Test func aRefreshTokenIsGoodOnceAndEndsTheSessionWhenItComesAgain() async throws {
        try await TestSystem.run {
            AccountsService()
        } test: { system in
            let ada = try await SignedIn.ada(in: system)
            let anyone = try await system.client(AccountsAPIContract.self)
            let renewed = try await anyone.refresh(RefreshRequest(refreshToken: ada.tokens.refreshToken))
            let client = try await system.client(AccountsAPIContract.self, as: .bearer(renewed.accessToken))
            #expect(try await client.me(.signedIn).name == "Ada")
            await #expect(
                performing: { try await anyone.refresh(RefreshRequest(refreshToken: ada.tokens.refreshToken)) },
                throws: refused(with: .unauthorized))
            await #expect(
                performing: { try await anyone.refresh(RefreshRequest(refreshToken: renewed.refreshToken)) },
                throws: refused(with: .unauthorized))
            await #expect(performing: { try await client.me(.signedIn) }, throws: refused(with: .unauthorized))
        }
    }

    @Test(arguments: ["", "x", "no.session", "01939c5e-0000-7000-8000-000000000001.secret"])
    func aMadeUpRefreshTokenIsRefused(token: String) async throws {
        try await TestSystem.run {
            AccountsService()
        } test: { system in
            let anyone = try await system.client(AccountsAPIContract.self)
            await #expect(
                performing: { try await anyone.refresh(RefreshRequest(refreshToken: token)) },
                throws: refused(with: (token.isEmpty ? .unprocessable : .unauthorized)))
        }
    }

    @Test("A refresh token that was never issued changes nothing: not the session whose id it bears, and nothing that is stored")
    func aForgedRefreshTokenChangesNothing() async throws {
        let folder = try TemporaryFolder()
        try await TestSystem.run(in: folder) {
            AccountsService()
        } test: { system in
            let ada = try await SignedIn.ada(in: system)
            let anyone = try await system.client(AccountsAPIContract.self)
            let parts = ada.tokens.refreshToken.split(separator: ".").map(String.init)
            let stores = try await [Database.open(folder.databaseURL("store.db")), TestDatabases(in: folder).open("accounts")]
            // What the account's creation was to cause is done.
            try await eventually("nothing is left to do") {
                try await stores[1].query("SELECT 1 FROM roost_work").isEmpty
            }
            var before: [Int] = []
            for store in stores { before.append(try await store.dataVersion()) }
            let forged = [
                "\(parts[0]).x", "\(parts[0]).\(parts[1])", "\(parts[0]).\(parts[1]).", "\(parts[0]).\(parts[1]).\(parts[1])",
                "\(parts[0]).\(parts[2]).\(parts[1])", UUID.v7().text + "." + parts[1] + "." + parts[2], ada.tokens.refreshToken + "x",
                ada.tokens.refreshToken + ".x", "\(parts[0])..", ".", "..",
            ]
            for token in forged {
                await #expect(
                    performing: { try await anyone.refresh(RefreshRequest(refreshToken: token)) }, throws: refused(with: .unauthorized))
            }
            for (store, version) in zip(stores, before) { #expect(try await store.dataVersion() == version) }
            #expect(try await ada.client.me(.signedIn).name == "Ada")
            let renewed = try await anyone.refresh(RefreshRequest(refreshToken: ada.tokens.refreshToken))
            #expect(try await system.client(AccountsAPIContract.self, as: .bearer(renewed.accessToken)).me(.signedIn).name == "Ada")
        }
    }

    @Test func howeverOldATrueTokenIsItsReuseEndsTheSession() async throws {
        try await TestSystem.run {
            AccountsService()
        } test: { system in
            let ada = try await SignedIn.ada(in: system)
            let anyone = try await system.client(AccountsAPIContract.self)
            var tokens = ada.tokens
            for _ in 0..<20 { tokens = try await anyone.refresh(RefreshRequest(refreshToken: tokens.refreshToken)) }
            let last = try await system.client(AccountsAPIContract.self, as: .bearer(tokens.accessToken))
            #expect(try await last.me(.signedIn).name == "Ada")
            await #expect(
                performing: { try await anyone.refresh(RefreshRequest(refreshToken: ada.tokens.refreshToken)) },
                throws: refused(with: .unauthorized))
            await #expect(performing: { try await last.me(.signedIn) }, throws: refused(with: .unauthorized))
            let newest = tokens.refreshToken
            await #expect(
                performing: { try await anyone.refresh(RefreshRequest(refreshToken: newest)) }, throws: refused(with: .unauthorized))
        }
    }

    @Test("Of many who refresh with one token at once one gets a pair; as the others had it too, the session ends")
    func oneTokenIsGoodOnceHoweverManyComeAtOnce() async throws {
        try await TestSystem.run {
            AccountsService()
        } test: { system in
            let ada = try await SignedIn.ada(in: system)
            let anyone = try await system.client(AccountsAPIContract.self)
            let pairs = try await withThrowingTaskGroup(of: TokenPair?.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        do {
                            return try await anyone.refresh(RefreshRequest(refreshToken: ada.tokens.refreshToken))
                        } catch let problem as Problem where problem.status == .unauthorized {
                            return nil
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(pairs.compactMap { $0 }.count == 1)
            await #expect(performing: { try await ada.client.me(.signedIn) }, throws: refused(with: .unauthorized))
        }
    }

    @Test func signingOutRefusesTheTokens() async throws {
        try await TestSystem.run {
            AccountsService()
        } test: { system in
            let ada = try await SignedIn.ada(in: system)
            let other = try await SignedIn.again(in: system)
            try await ada.client.signOut(.signedIn)
            await #expect(performing: { try await ada.client.me(.signedIn) }, throws: refused(with: .unauthorized))
            await #expect(
                performing: { try await other.client.refresh(RefreshRequest(refreshToken: ada.tokens.refreshToken)) },
                throws: refused(with: .unauthorized))
            #expect(try await other.client.me(.signedIn).name == "Ada")
        }
    }

    @Test func sessionsAreListedAndEnded() async throws {
        try await TestSystem.run {
            AccountsService()
        } test: { system in
            let ada = try await SignedIn.ada(in: system)
            let other = try await SignedIn.again(in: system)
            let sessions = try await ada.client.sessions(of: .signedIn, limit: nil, cursor: nil).items
            #expect(sessions.map(\.current) == [false, true])
            #expect(
                try await ada.client.sessions(of: .signedIn, limit: PageLimit(parameter: "1"), cursor: nil).items.map(\.current) == [false])
            try await ada.client.endSession(id: sessions[0].id, by: .signedIn)
            await #expect(performing: { try await other.client.me(.signedIn) }, throws: refused(with: .unauthorized))
            #expect(try await ada.client.sessions(of: .signedIn, limit: nil, cursor: nil).items.map(\.current) == [true])
            await #expect(
                performing: { try await ada.client.endSession(id: sessions[0].id, by: .signedIn) }, throws: refused(with: .notFound))
        }
    }

    @Test func nobodyEndsTheSessionOfAnother() async throws {
        try await TestSystem.run {
            AccountsService()
        } test: { system in
            let ada = try await SignedIn.ada(in: system)
            let anyone = try await system.client(AccountsAPIContract.self)
            _ = try await anyone.signUp(NewAccount(email: "eve@example.com", password: "a good password", name: "Eve"))
            let eve = try await SignedIn.again(in: system, Credentials(email: "eve@example.com", password: "a good password"))
            let session = try #require(try await ada.client.sessions(of: .signedIn, limit: nil, cursor: nil).items.first)
            await #expect(performing: { try await eve.client.endSession(id: session.id, by: .signedIn) }, throws: refused(with: .notFound))
            #expect(try await ada.client.me(.signedIn).name == "Ada")
        }
    }
}

extension Database {
    /// Changes with every commit of another connection (https://www.sqlite.org/pragma.html#pragma_data_version).
    /// A number that changes with what is stored.
    fileprivate func dataVersion() async throws -> Int {
        let version: SQL =
            dialect == .sqlite
            ? "PRAGMA data_version"
            : "SELECT coalesce(sum(hashtext(sessions::text)), 0)::bigint AS data_version FROM sessions"
        return try await first(version)?.get("data_version") ?? 0
    }
}
