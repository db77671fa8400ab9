import Foundation
import Roost
import RoostData
import RoostMigrations
import RoostSettings

/// What the commands for migrations work on: the services of a system, their settings, and a place for scratch databases.
struct MigrationWorkspace: Sendable {
    private let system: ServiceSystem
    /// The services that the program hosts; `nil` for all.
    private let names: [String]?
    private let settings: Settings
    private let scratch: URL

    /// - Parameters:
    ///   - system: The system.
    ///   - names: The services that the program hosts; `nil` for all.
    ///   - options: Where the databases are.
    init(_ system: ServiceSystem, hosting names: [String]?, _ options: SettingOptions) async throws {
        self.system = system
        self.names = names
        let declared = system.settings(hosting: names.map(Set.init))
        settings = try await SettingSources(commandLine: options.given(declared)).settings(declared)
        scratch = FileManager.default.temporaryDirectory.appending(path: "roost-migrate-\(UUID().uuidString)")
    }

    /// Removes the scratch databases.
    func clean() { try? FileManager.default.removeItem(at: scratch) }

    /// Returns the services with these names; by default, all that have tables of their own.
    /// - Throws: A `ConfigurationError` if a name is that of no service.
    func services(_ wanted: [String]) throws(ConfigurationError) -> [any ServiceDefinition] {
        let hosted = system.services.filter { (names?.contains($0.name) ?? true) && !($0 is External) }
        let known = hosted.map(\.name)
        if let unknown = wanted.first(where: { !known.contains($0) }) {
            throw ConfigurationError("\(unknown) is not a service of this system: \(known.joined(separator: ", "))")
        }
        return wanted.isEmpty ? hosted.filter { $0.database.isDeclared } : hosted.filter { wanted.contains($0.name) }
    }

    /// Returns one service: the one with the name, or the only one that has tables.
    func service(_ name: String?) throws(ConfigurationError) -> any ServiceDefinition {
        let services = try services(name.map { [$0] } ?? [])
        guard let service = services.first, services.count == 1 else {
            let names = services.map(\.name).joined(separator: ", ")
            throw ConfigurationError(names.isEmpty ? "no service has tables" : "several services have tables: name one of \(names)")
        }
        return service
    }

    /// Opens the database of a service without migrating it, uses it, and closes it.
    func withDatabase<Result: Sendable>(of service: any ServiceDefinition, _ body: (Database) async throws -> Result) async throws -> Result
    {
        let folder = try DataFolder(settings)
        let database = try await ResourceSetting.database(of: service.name).open(settings, in: folder.path, with: system.drivers)
        return try await database.closing(after: body)
    }

    /// Returns the folder of a service's migrations in the source.
    /// - Throws: A `ConfigurationError` if the service lists its migrations in the code, or the source is not on this machine.
    func folder(of service: any ServiceDefinition, _ given: String?) throws(ConfigurationError) -> URL {
        if let given { return URL(filePath: given) }
        guard let folder = service.database.folder else {
            throw ConfigurationError("\(service.name) lists its migrations in the code: declare `DatabaseDefinition(.module, models: […])`")
        }
        guard FileManager.default.fileExists(atPath: folder.deletingLastPathComponent().path) else {
            throw ConfigurationError("the source of \(service.name) is not where it was built: name the folder with --folder")
        }
        return folder
    }

    /// Returns what makes and checks the migrations of a service.
    func maker(of service: any ServiceDefinition, in folder: String? = nil) throws(ConfigurationError) -> MigrationMaker {
        let folder = try self.folder(of: service, folder), drivers = system.drivers, scratch = scratch
        return try MigrationMaker(folder: folder, models: service.database.models, earlier: service.database.earlier) {
            try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
            let url = ResourceURL("sqlite:\(scratch.path)/\(UUID().uuidString).db", key: "the scratch database")
            return try await drivers.open(url, as: Database.self)
        }
    }
}
