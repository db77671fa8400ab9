import Accounts
import AccountsAPI
import AccountsTesting
import Roost
import RoostData
import RoostSQLite
import RoostSystemTesting
import Testing

/// Replicas that start for the first time, at the same time, with an empty folder.
@Suite(.timeLimit(.minutes(5))) struct FirstStartTests {
    @Test func replicasThatStartAtOnceAreOneSystem() async throws {
        for _ in 0..<3 {
            let folder = try TemporaryFolder()
            let credentials = Credentials(email: "admin@shop.example", password: "the first password")
            let settings = ["ADMIN_PASSWORD": credentials.password, "SERVICE_KEY": "a key for services"]
            let pairs = try await withThrowingTaskGroup(of: (TokenPair, String?).self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        try await TestSystem.run(settings, in: folder) {
                            AccountsService()
                        } test: { system in
                            let accounts = try await system.client(AccountsAPIContract.self)
                            return (try await accounts.signIn(credentials), try await accounts.keys().keys.first?.kid)
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(pairs.count == 4 && Set(pairs.map(\.1)).count == 1)
            let database = try await TestDatabases(in: folder).open("accounts")
            #expect(try await database.query("SELECT 1 FROM accounts").count == 1)
            #expect(try await database.query("SELECT 1 FROM signing_keys").count == 1)
            await database.close()
        }
    }
}
