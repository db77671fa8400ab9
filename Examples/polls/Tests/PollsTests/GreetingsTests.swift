import RoostSystem
import RoostSystemTesting
import Testing

/// What the guide says about callers and settings.
@Contract("greetings") protocol GreetingsAPI: Sendable {
    @Get("/greeting") func greeting(for caller: Principal.Account) async throws -> String
    @Get("/word") func word() async throws -> String
}

@Service(GreetingsAPI.self) struct Greetings: GreetingsAPI {
    var chosenWord = "Hello"

    func greeting(for caller: Principal.Account) async throws -> String { "\(chosenWord), \(caller.id)!" }
    func word() async throws -> String { chosenWord }
}

extension Setting where Value == String {
    static var greeting: Setting { Setting("GREETING", default: "Hello", purpose: "The word with which people are greeted.") }
}

struct GreetingsService: ServiceDefinition {
    let name = "greetings"
    let settings: [any SettingDeclaration] = [Setting.greeting]

    func assemble(on host: ServiceHost) async throws -> Greetings {
        Greetings(chosenWord: try host[.greeting])
    }
}

struct GreetingsTests {
    @Test func aCallerIsGreetedByName() async throws {
        try await GreetingsAPIContract.test(Greetings()) { client in
            let response = try await client.send(.get, "/greeting")
            #expect(response.status == .unauthorized)
            let greeting = try await client.as(.account("ada")).calling(GreetingsAPIContract.self).greeting(for: .signedIn)
            #expect(greeting == "Hello, ada!")
        }
    }

    @Test func theWordIsASetting() async throws {
        try await TestSystem.run(["GREETING": "Hi"]) {
            GreetingsService()
        } test: { system in
            let greetings = try await system.client(GreetingsAPIContract.self)
            #expect(try await greetings.word() == "Hi")
        }
    }
}
