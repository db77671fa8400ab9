import ArgumentParser
import Logging
import Roost
import RoostData
import RoostHTTP
import RoostPostgres
import RoostSQLite
import ServiceLifecycle

/// Serves rows, products and orders.
struct Serve: AsyncParsableCommand {
    @Option(help: "The TCP port.") var port = 8080
    @Option(help: "The database's URL.") var database: String

    func run() async throws {
        let database = try await open(database)
        let router = try Router(Shelves(database: database).endpoints)
        let server = try await HTTPServer.start(HTTPServer.Configuration(port: port), responder: router.responder)
        let group = ServiceGroup(services: [server], gracefulShutdownSignals: [.sigterm, .sigint], logger: Logger(label: "bench"))
        try await group.run()
        await database.close()
    }
}

/// Opens a database of either engine.
func open(_ url: String) async throws -> Database {
    try await [Driver.postgres, .sqlite].open(ResourceURL(url, key: "--database"), as: Database.self)
}
