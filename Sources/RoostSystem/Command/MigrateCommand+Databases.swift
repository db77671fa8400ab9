import ArgumentParser
import Foundation
import Roost
import RoostData

/// `migrate status`
struct MigrationStatusCommand: ServicesCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "status", abstract: "Print which migrations were applied, and which were not.")
    }

    @OptionGroup var services: SomeServices

    func run(for service: any ServiceDefinition, on workspace: MigrationWorkspace) async throws -> [String] {
        let all = try service.database.all
        let status = try await workspace.withDatabase(of: service) { try await $0.migrationStatus(of: all) }
        print(service.name)
        for (migration, date) in status.applied {
            let state = status.changed.contains(migration.name) ? "CHANGED" : "applied"
            print("  \(state)  \(migration.name)  \(date.formatted(.iso8601))")
        }
        for migration in status.pending { print("  pending  \(migration.name)") }
        for (name, date) in status.unknown { print("  unknown  \(name)  \(date.formatted(.iso8601))") }
        return []
    }
}

/// `migrate up`
struct MigrateUp: ServicesCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "up", abstract: "Apply the migrations that were not applied.")
    }

    @OptionGroup var services: SomeServices

    func run(for service: any ServiceDefinition, on workspace: MigrationWorkspace) async throws -> [String] {
        let all = try service.database.all
        let applied = try await workspace.withDatabase(of: service) { try await $0.migrate(all) }
        print(applied.isEmpty ? "\(service.name): up to date" : "\(service.name): applied \(applied.joined(separator: ", "))")
        return []
    }
}

/// `migrate down`
struct MigrateDown: MigrationCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "down", abstract: "Undo the last migration, or several.")
    }

    @OptionGroup var service: OneService

    @Option(help: ArgumentHelp("The last migration that remains.", valueName: "name"))
    var to: String?

    var options: SettingOptions { service.options }

    func run(on workspace: MigrationWorkspace) async throws {
        let service = try workspace.service(service.name), own = try service.database.own, all = try service.database.all
        let undone = try await workspace.withDatabase(of: service) { try await $0.undoMigrations(own, to: to, beside: all) }
        print(undone.isEmpty ? "\(service.name): nothing to undo" : "\(service.name): undone \(undone.joined(separator: ", "))")
    }
}

/// `migrate baseline`
struct BaselineMigrations: MigrationCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "baseline",
            abstract: "Record migrations as applied without running them, to adopt a database that has their tables.",
            discussion: "The toolkit's own tables are not recorded: `migrate up` makes them.")
    }

    @OptionGroup var service: OneService

    @Option(help: ArgumentHelp("The last migration whose tables the database has; all by default.", valueName: "name"))
    var through: String?

    var options: SettingOptions { service.options }

    func run(on workspace: MigrationWorkspace) async throws {
        let service = try workspace.service(service.name)
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
