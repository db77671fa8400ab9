import ArgumentParser
import Roost
import RoostData
import RoostMigrations

/// `migrate sql`
struct PrintMigrations: MigrationCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "sql", abstract: "Print the statements of the migrations, for those who apply them by other means.",
            discussion: """
                The statements also make the toolkit's tables, and record what they have applied. With --pending, they are those that \
                `migrate up` would run.
                """)
    }

    @OptionGroup var service: OneService

    @Option(help: ArgumentHelp("The engine: sqlite or postgres.", valueName: "engine"))
    var engine = Dialect.postgres.name

    @Flag(help: "Print the statements that undo the service's own migrations, the last one first.")
    var down = false

    @Flag(help: "Leave out what was applied to the service's database, and print statements for its engine.")
    var pending = false

    var options: SettingOptions { service.options }

    func validate() throws {
        if down, pending { throw ValidationError("--down and --pending exclude each other.") }
    }

    func run(on workspace: MigrationWorkspace) async throws {
        let service = try workspace.service(service.name), all = try service.database.all
        if pending {
            let (migrations, dialect) = try await workspace.withDatabase(of: service) { database in
                (try await database.migrationStatus(of: all).pending, database.dialect)
            }
            return print(try MigrationText.applying(migrations, on: dialect), terminator: "")
        }
        guard let dialect = [Dialect.sqlite, .postgres].first(where: { $0.name == engine }) else {
            throw ConfigurationError("--engine \(engine): it must be sqlite or postgres")
        }
        let text = down ? MigrationText.undoing(try service.database.own, on: dialect) : try MigrationText.applying(all, on: dialect)
        print(text, terminator: "")
    }
}

/// `migrate merge`
struct MergeMigrations: ServicesCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "merge", abstract: "Join the migrations of two branches that change different things.")
    }

    @OptionGroup var services: SomeServices

    func run(for service: any ServiceDefinition, on workspace: MigrationWorkspace) async throws -> [String] {
        guard service.database.folder != nil else { return [] }
        guard let merge = try MigrationMerge(folder: try workspace.folder(of: service, nil)) else {
            print("\(service.name): nothing to merge")
            return []
        }
        for name in try merge.merge() { print("\(service.name): \(name) now follows another migration") }
        return []
    }
}
