import Notifications
import Roost
import RoostSystemTesting
import Testing

@Suite(.timeLimit(.minutes(5))) struct EnvironmentTests {
    @Test(arguments: [("development", Status.ok), ("production", .notFound)])
    func capturedMailIsSeenInDevelopmentOnly(environment: String, status: Status) async throws {
        try await NotificationsSystem.run(["ENVIRONMENT": environment]) { system in
            let response = try await system.system.client(of: "notifications").send(.get, "/dev/mail?to=ada@example.com")
            #expect(response.status == status)
            #expect(!response.text.contains("subject"))
        }
    }

    @Test func anUnknownEnvironmentStopsTheStart() async throws {
        let error = await #expect(throws: ConfigurationError.self) {
            try await NotificationsSystem.run(["ENVIRONMENT": "staging"]) { _ in }
        }
        #expect(error?.description == "ENVIRONMENT=staging is wrong: it must be one of development, production")
    }

    @Test func aWrongMailServerStopsTheStart() async throws {
        let error = await #expect(throws: ConfigurationError.self) {
            try await NotificationsSystem.run(["SMTP_URL": "http://mail"]) { _ in }
        }
        #expect(error?.description.hasPrefix("SMTP_URL=http://mail is wrong") == true)
    }
}
