import Foundation
import Roost
import RoostData
import TestTools
import Testing

@testable import RoostPostgres

/// Every way to prove who one is, and what happens if that fails.
@Suite(.timeLimit(.minutes(5))) struct AuthenticationTests {
    private func user(_ url: String) async throws -> String? {
        let database = try await Database.open(postgres: url)
        let row = try await database.first("SELECT current_user::text AS name")
        await database.close()
        return try row?.get("name", as: String.self)
    }

    @Test(arguments: [
        ("postgres", "sslmode=disable"), ("postgres", "sslmode=require"), ("scram", "sslmode=disable"), ("scram", "sslmode=require"),
        ("scram", "sslmode=prefer"), ("scram", "sslmode=require&channel_binding=require"),
        ("scram", "sslmode=require&channel_binding=disable"),
        ("md5", "sslmode=require"), ("clear", "sslmode=require"), ("secured", "sslmode=prefer"), ("secured", "sslmode=allow"),
        ("scram", "sslmode=allow"), ("scram", "sslmode=allow&channel_binding=require"), ("scram", "require_auth=scram-sha-256"),
        ("md5", "sslmode=require&require_auth=!password"), ("postgres", "require_auth=none"),
    ])
    func aRoleIsLetIn(_ role: String, _ options: String) async throws {
        let server = try await PostgresServer.shared()
        let url = server.url("postgres", user: role, password: PostgresServer.password, options: options)
        #expect(try await user(url) == role)
    }

    /// Each of these is one line, with what to change and without the password.
    @Test(
        arguments: [
            ("scram", "wrong-secret", "", "28P01"), ("md5", "wrong-secret", "sslmode=require", "28P01"),
            ("clear", "wrong-secret", "sslmode=require", "28P01"), ("nobody", "wrong-secret", "", "28000"),
            ("md5", "wrong-secret", "sslmode=disable", "refused without TLS"),
            ("clear", "wrong-secret", "sslmode=disable", "refused without TLS"),
            ("scram", nil, "", "no password is configured"),
            ("scram", "wrong-secret", "sslmode=disable&channel_binding=require", "channel binding"),
            ("secured", "wrong-secret", "sslmode=disable", "28000"),
            ("clear", "wrong-secret", "sslmode=require&channel_binding=require", "channel binding is required"),
            ("md5", "wrong-secret", "sslmode=require&channel_binding=require", "channel binding is required"),
            ("postgres", nil, "sslmode=require&channel_binding=require", "channel binding is required"),
            ("clear", "wrong-secret", "sslmode=require&require_auth=scram-sha-256", "require_auth does not allow"),
            ("postgres", nil, "require_auth=scram-sha-256", "does not ask for a password"),
        ] as [(String, String?, String, String)])
    func aRefusalIsOneClearLine(_ role: String, _ password: String?, _ options: String, _ reason: String) async throws {
        let server = try await PostgresServer.shared()
        let url = server.url("postgres", user: role, password: password, options: options)
        await #expect {
            _ = try await user(url)
        } throws: { error in
            guard let error = error as? ConfigurationError else { return false }
            return error.message.contains(reason) && error.message.hasPrefix("DATABASE_URL=") && !error.message.contains("wrong-secret")
                && !error.message.contains("\n")
        }
    }

    @Test func aRoleThatMayNotCreateTheDatabaseIsToldSo() async throws {
        let server = try await PostgresServer.shared()
        let url = server.url("missing_one", user: "scram", password: PostgresServer.password)
        await #expect {
            _ = try await user(url)
        } throws: {
            "\($0)".contains("missing_one does not exist") && $0 is ConfigurationError
        }
    }

    @Test func aDatabaseWithAnyNameIsCreatedOnce() async throws {
        let server = try await PostgresServer.shared()
        let url = server.url("odd%22name%20\(UUID().uuidString.prefix(8))")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask { await (try Database.open(postgres: url)).close() }
            }
            try await group.waitForAll()
        }
    }

    @Test func aSocketOfThisMachineIsUsed() async throws {
        let server = try await PostgresServer.shared(), folder = PercentCoding.encode(server.folder.path)
        #expect(try await user("postgres://postgres@\(folder):\(server.port)/postgres") == "postgres")
    }

    @Test func aServerThatIsDownIsTransient() async throws {
        let port = try freePort()
        await #expect {
            _ = try await Database.open(postgres: "postgres://alice:secret@127.0.0.1:\(port)/shop")
        } throws: {
            guard let problem = $0 as? Problem else { return false }
            return problem.status == .unavailable && problem.headers["retry-after"] != nil && !"\(problem)".contains("secret")
        }
    }

    @Test func anUnknownHostIsAFaultOfTheSetting() async throws {
        await #expect(throws: ConfigurationError.self) {
            _ = try await Database.open(postgres: "postgres://alice:secret@does-not-exist.invalid/shop?sslmode=disable")
        }
    }

    @Test(arguments: [
        ("verify-full", true, "127.0.0.1", true), ("verify-ca", true, "127.0.0.1", true), ("require", true, "127.0.0.1", true),
        ("verify-full", true, "localhost", true), ("verify-full", false, "127.0.0.1", false), ("verify-ca", false, "127.0.0.1", false),
        ("require", false, "127.0.0.1", true),
    ])
    func aCertificateIsCheckedAsTheModeSays(_ mode: String, _ hasRoot: Bool, _ host: String, _ isAccepted: Bool) async throws {
        let server = try await PostgresServer.shared()
        let root = hasRoot ? "&sslrootcert=\(server.folder.path)/root.crt" : ""
        let url = "postgres://scram:\(PercentCoding.encode(PostgresServer.password))@\(host):\(server.port)/postgres?sslmode=\(mode)\(root)"
        if isAccepted {
            #expect(try await user(url) == "scram")
        } else {
            await #expect(throws: (any Error).self) { _ = try await user(url) }
        }
    }
}
