import Roost
import RoostData
import RoostSystem

@Contract("greeter")
public protocol GreeterAPI: Sendable {
    @Get("/greetings/{name}") func greet(name: String) async throws -> String
    @Post("/visits") func visit() async throws -> String
}

@Contract("asker")
public protocol AskerAPI: Sendable {
    @Get("/answers/{name}") func ask(name: String) async throws -> String
}

/// Greets, and counts visits in a database.
struct Greeter: ServiceDefinition {
    let name = "greeter"
    let contracts: [any Contract.Type] = [GreeterAPIContract.self]

    private struct Service: GreeterAPI {
        let database: Database

        func greet(name: String) async throws -> String { "Hello, \(name)!" }

        func visit() async throws -> String {
            try await database.transaction { transaction in
                _ = try await transaction.execute("INSERT INTO visits DEFAULT VALUES")
                return String(try await transaction.query("SELECT 1 FROM visits").count)
            }
        }
    }

    func assemble(on host: ServiceHost) async throws -> ServiceAssembly {
        let database = try await host.database(migrations: [
            Migration("0001_visits", "CREATE TABLE visits (number INTEGER PRIMARY KEY)")
        ])
        var service = ServiceAssembly()
        service.serve(GreeterAPIContract.self, by: Service(database: database))
        return service
    }
}

/// Asks the greeter.
struct Asker: ServiceDefinition {
    let name = "asker"
    let contracts: [any Contract.Type] = [AskerAPIContract.self]

    private struct Service: AskerAPI {
        let greeter: any GreeterAPI

        func ask(name: String) async throws -> String { try await greeter.greet(name: name) }
    }

    func assemble(on host: ServiceHost) async throws -> ServiceAssembly {
        var service = ServiceAssembly()
        service.serve(AskerAPIContract.self, by: Service(greeter: try await host.client(for: GreeterAPIContract.self)))
        return service
    }
}
