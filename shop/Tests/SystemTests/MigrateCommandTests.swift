import Foundation
import RoostSystemTesting
import Testing

/// The commands for migrations, as somebody runs them: with their messages and exit codes, on SQLite.
@Suite(.timeLimit(.minutes(5))) struct MigrateCommandTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Runs a command whose databases are in the test's folder, and expects its exit code.
    /// - Returns: What it prints, errors included.
    private func migrate(_ arguments: String..., code: Int32 = 0, at location: SourceLocation = #_sourceLocation) async throws -> String {
        let ended = try await ShopProcess.run(["migrate"] + arguments, ["DATA_DIR": folder.path + "/data"])
        #expect(ended.code == code, "\(arguments): \(ended.output)", sourceLocation: location)
        return ended.output
    }

    private static let first = "0001_accounts", second = "0002_session_expiry", newest = "20261126T1224_schema"

    @Test func migrationsAreAppliedAndUndone() async throws {
        let before = try await migrate("status", "accounts")
        #expect(before.contains("  pending  \(Self.first)\n  pending  \(Self.second)\n  pending  \(Self.newest)\n") && !before.contains("applied"))
        #expect(try await migrate("drift", "accounts", code: 78).hasPrefix("shop: accounts: the table accounts is missing\n"))
        #expect(try await migrate("up", "accounts").hasPrefix("accounts: applied \(Self.first), \(Self.second), \(Self.newest), "))
        #expect(try await migrate("up", "accounts") == "accounts: up to date\n")
        let after = try await migrate("status", "accounts")
        #expect(after.contains("  applied  \(Self.first)  20") && after.contains("  applied  \(Self.newest)  20"))
        #expect(!after.contains("pending"))
        #expect(try await migrate("drift", "accounts") == "accounts: matches the newest schema\n")
        #expect(try await migrate("down", "accounts", "--to", Self.newest) == "accounts: nothing to undo\n")
        #expect(try await migrate("down", "accounts") == "accounts: undone \(Self.newest)\n")
        #expect(try await migrate("status", "accounts").contains("  pending  \(Self.newest)\n"))
        let refusal = try await migrate("down", "accounts", code: 78)
        #expect(refusal.contains("\(Self.second) cannot be undone: it has no sqlite.down.sql"))
        #expect(try await migrate("down", "accounts", "--to", "0009_none", code: 78).contains("0009_none is not applied"))
    }

    @Test func allServicesAreMigratedByDefault() async throws {
        let lines = try await migrate("up").split(separator: "\n").compactMap { $0.split(separator: ":").first }
        #expect(lines == ["accounts", "catalog", "orders", "payments", "processor", "notifications"])
        #expect(try await migrate("drift").split(separator: "\n").allSatisfy { $0.hasSuffix(": matches the newest schema") })
    }

    @Test func aBaselineRecordsWithoutRunning() async throws {
        #expect(try await migrate("baseline", "accounts", "--through", Self.first) == "accounts: recorded \(Self.first)\n")
        let status = try await migrate("status", "accounts")
        #expect(status.contains("  applied  \(Self.first)  20") && status.contains("  pending  \(Self.newest)\n"))
        #expect(try await migrate("drift", "accounts", code: 78).contains("the table accounts is missing"))
        #expect(try await migrate("baseline", "accounts", "--through", "0009_none", code: 78).contains("no migration 0009_none"))
    }

    @Test func theStatementsArePrinted() async throws {
        let all = try await migrate("sql", "accounts")
        #expect(
            all.hasPrefix("-- For psql.\n\\set ON_ERROR_STOP on\n") && all.contains("CREATE TABLE accounts (\n    id uuid PRIMARY KEY,"))
        let light = try await migrate("sql", "accounts", "--engine", "sqlite")
        #expect(light.hasPrefix("-- For sqlite3.") && light.contains("CREATE TABLE accounts") && !light.contains("uuid PRIMARY KEY"))
        let undoing = try await migrate("sql", "accounts", "--engine", "sqlite", "--down")
        #expect(undoing.contains("DELETE FROM roost_migrations WHERE name = '\(Self.newest)'") && !undoing.contains("CREATE"))
        #expect(try await migrate("sql", "accounts", "--pending") == light)
        _ = try await migrate("up", "accounts")
        #expect(try await migrate("sql", "accounts", "--pending").contains("CREATE TABLE accounts") == false)
        #expect(try await migrate("sql", "accounts", "--engine", "oracle", code: 78).contains("it must be sqlite or postgres"))
        #expect(try await migrate("sql", "accounts", "--down", "--pending", code: 64).contains("exclude each other"))
    }

    @Test func aMigrationIsMadeInTheFolderThatIsNamed() async throws {
        let source = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../services/accounts/Sources/Accounts/migrations").standardized
        let copy = folder.url.appending(path: "migrations"), files = FileManager.default
        try files.copyItem(at: source, to: copy)
        func names() throws -> [String] { try files.contentsOfDirectory(atPath: copy.path).sorted() }
        let before = try names()
        let unchanged = try await migrate("make", "accounts", "nothing", "--folder", copy.path)
        #expect(unchanged == "accounts: the models match the newest migration\n")
        #expect(try names() == before)
        // Without the newest migration, another one is made.
        try files.removeItem(at: copy.appending(path: Self.newest))
        let made = try await migrate("make", "accounts", "again", "--folder", copy.path)
        let name = try #require(try names().last)
        #expect(try names() == [Self.first, Self.second, name])
        #expect(name.hasSuffix("_again") && made == "accounts: \(copy.path)/\(name)\n")
        #expect(try files.contentsOfDirectory(atPath: copy.path + "/" + name).sorted() == ["down.sql", "schema.json", "up.sql"])
        let again = try await migrate("make", "accounts", "nothing", "--folder", copy.path)
        #expect(again == "accounts: the models match the newest migration\n")
        #expect(try files.contentsOfDirectory(atPath: source.path).sorted() == before)
    }

    @Test(arguments: [
        (["up", "nobody"], 78, "nobody is not a service of this system: accounts, catalog, carts, "),
        (["status", "accounts", "nobody"], 78, "nobody is not a service of this system: "),
        (["down"], 78, "several services have tables: name one of accounts, catalog, "),
        (["make", "accounts", "two words"], 78, "must consist of letters, digits and underscores"),
        (["status", "--set", "NONE=1"], 78, "--set NONE: there is no such setting"),
        (["up", "accounts", "--set", "DATA_DIR"], 78, "--set must be followed by KEY=value"),
        (["up", "--nonsense"], 64, "Unknown option '--nonsense'"), (["frobnicate"], 64, "Unexpected argument 'frobnicate'"),
        (["make"], 64, "Missing expected argument"),
    ])
    func whatIsWrongIsNamed(arguments: [String], code: Int32, text: String) async throws {
        let data = folder.path + "/data", ended = try await ShopProcess.run(["migrate"] + arguments, ["DATA_DIR": data])
        #expect(ended.code == code && ended.output.contains(text), "\(ended.output)")
        #expect(!FileManager.default.fileExists(atPath: data))
    }

    @Test(arguments: [true, false]) func theOptionsSayWhereTheDatabasesAre(isFolder: Bool) async throws {
        let other = folder.path + "/other"
        let options = isFolder ? ["--data", other] : ["--set", "DATA_DIR=\(other)"]
        for command in [["migrate", "up", "accounts"] + options, options + ["migrate", "status", "accounts"]] {
            let ended = try await ShopProcess.run(command, ["DATA_DIR": folder.path + "/data"])
            #expect(ended.code == 0 && ended.output.contains("applied") && !ended.output.contains("pending"), "\(ended.output)")
        }
        let files = FileManager.default
        #expect(files.fileExists(atPath: other + "/accounts.db") && !files.fileExists(atPath: folder.path + "/data"))
    }
}
