import ArgumentParser
import Foundation
import Roost
import RoostData
import RoostMigrations

/// `migrate status`
struct MigrationStatusCommand: MigrationCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "status", abstract: "Print which migrations were applied, and which were not.")
    }

    @Argument(help: "The services; all that have tables by default.")
    var services: [String] = []

    @OptionGroup var options: MigrationOptions

    func run(on workspace: MigrationWorkspace) async throws {
        for service in try workspace.services(services) {
            let all = try service.database.all
            let status = try await workspace.withDatabase(of: service) { try await $0.migrationStatus(of: all) }
            print(service.name)
            for (migration, date) in status.applied {
                let state = status.changed.contains(migration.name) ? "CHANGED" : "applied"
                print("  \(state)  \(migration.name)  \(date.formatted(.iso8601))")
            }
            for migration in status.pending { print("  pending  \(migration.name)") }
            for name in status.unknown { print("  unknown  \(name)") }
        }
    }
}

/// `migrate up`
struct MigrateUp: MigrationCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "up", abstract: "Apply the migrations that were not applied.")
    }

    @Argument(help: "The services; all that have tables by default.")
    var services: [String] = []

    @OptionGroup var options: MigrationOptions

    func run(on workspace: MigrationWorkspace) async throws {
        for service in try workspace.services(services) {
            let all = try service.database.all
            let applied = try await workspace.withDatabase(of: service) { try await $0.migrate(all) }
            print(applied.isEmpty ? "\(service.name): up to date" : "\(service.name): applied \(applied.joined(separator: ", "))")
        }
    }
}

/// `migrate down`
struct MigrateDown: MigrationCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "down", abstract: "Undo the last migration, or several.")
    }

    @Argument(help: "The service, if there are several.")
    var service: String?

    @Option(help: ArgumentHelp("The last migration that remains.", valueName: "name"))
    var to: String?

    @OptionGroup var options: MigrationOptions

    func run(on workspace: MigrationWorkspace) async throws {
        let service = try workspace.service(service), own = try service.database.own
        let undone = try await workspace.withDatabase(of: service) { try await $0.undoMigrations(own, to: to) }
        print(undone.isEmpty ? "\(service.name): nothing to undo" : "\(service.name): undone \(undone.joined(separator: ", "))")
    }
}

/// `migrate sql`
struct PrintMigrations: MigrationCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "sql", abstract: "Print the statements of the migrations.")
    }

    @Argument(help: "The service, if there are several.")
    var service: String?

    @Option(help: ArgumentHelp("The engine: sqlite or postgres.", valueName: "engine"))
    var engine = Dialect.postgres.name

    @Flag(help: "Print the statements that undo them.")
    var down = false

    @OptionGroup var options: MigrationOptions

    func run(on workspace: MigrationWorkspace) async throws {
        guard let dialect = [Dialect.sqlite, .postgres].first(where: { $0.name == engine }) else {
            throw ConfigurationError("--engine \(engine): it must be sqlite or postgres")
        }
        for migration in try workspace.service(service).database.own {
            guard let text = (down ? migration.down : migration.up).text(for: dialect) else { continue }
            print("-- \(migration.name)\n\(text)")
        }
    }
}

/// `migrate baseline`
struct BaselineMigrations: MigrationCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "baseline",
            abstract: "Record migrations as applied without running them, to adopt a database that has their tables.")
    }

    @Argument(help: "The service, if there are several.")
    var service: String?

    @Option(help: ArgumentHelp("The last migration whose tables the database has; all by default.", valueName: "name"))
    var through: String?

    @OptionGroup var options: MigrationOptions

    func run(on workspace: MigrationWorkspace) async throws {
        let service = try workspace.service(service)
        var own = try service.database.own
        if let through {
            guard let index = own.firstIndex(where: { $0.name == through }) else {
                throw ConfigurationError("\(service.name) has no migration \(through)")
            }
            own = Array(own[...index])
        }
        let recorded = own
        let names = try await workspace.withDatabase(of: service) { try await $0.recordMigrations(recorded) }
        print("\(service.name): recorded \(names.isEmpty ? "none" : names.joined(separator: ", "))")
    }
}

/// `migrate drift`
struct DriftCommand: MigrationCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "drift", abstract: "Print how the databases differ from the newest schema.", discussion: "Nothing is changed.")
    }

    @Argument(help: "The services; all that have models by default.")
    var services: [String] = []

    @OptionGroup var options: MigrationOptions

    func run(on workspace: MigrationWorkspace) async throws {
        var faults: [String] = []
        for service in try workspace.services(services) where !service.database.models.isEmpty {
            let maker = try workspace.maker(of: service)
            let found = try await workspace.withDatabase(of: service) { try await maker.drift(of: $0) }
            if found.isEmpty { print("\(service.name): as the newest schema says") }
            faults += found.map { "\(service.name): \($0)" }
        }
        try ConfigurationError.check(faults)
    }
}
