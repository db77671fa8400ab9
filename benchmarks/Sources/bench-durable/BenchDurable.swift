import ArgumentParser
import Logging
import Roost
import RoostData
import RoostPostgres
import RoostSQLite
import RoostWorkflow

/// Ours of the sections durable and brokers.
@main
struct BenchDurable: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench-durable",
        subcommands: [Flow.self, Begin.self, Work.self, Log.self, Relay.self, Poison.self, Publish.self, Consume.self])

    static func main() async {
        // The standard output is for the measurements.
        LoggingSystem.bootstrap {
            var handler = StreamLogHandler.standardError(label: $0)
            handler.logLevel = .error
            return handler
        }
        await main(nil)
    }
}

/// Opens a database of either engine, with the tables of workflows.
func openDatabase(_ url: String) async throws -> Database {
    let database = try await [Driver.postgres, .sqlite].open(ResourceURL(url, key: "--database"), as: Database.self)
    try await database.migrate(WorkflowTables.migrations)
    return database
}
