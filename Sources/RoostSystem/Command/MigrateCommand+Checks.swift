import ArgumentParser
import Roost
import RoostData
import RoostMigrations

/// `migrate check`
struct CheckMigrations: ServicesCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "check", abstract: "Check that the migrations make what the models describe, and are safe to apply.")
    }

    @OptionGroup var services: SomeServices

    func run(for service: any ServiceDefinition, on workspace: MigrationWorkspace) async throws -> [String] {
        guard !service.database.models.isEmpty else { return [] }
        let found = try await workspace.maker(of: service).check()
        if found.isEmpty { print("\(service.name): the migrations make what the models describe") }
        return found
    }
}

/// `migrate lint`
struct LintMigrations: ServicesCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "lint", abstract: "Find statements that hold up others or break versions that still run.",
            discussion: "A line `-- roost: allow RULE: REASON` in the file lets a statement pass.")
    }

    @OptionGroup var services: SomeServices

    func run(for service: any ServiceDefinition, on workspace: MigrationWorkspace) async throws -> [String] {
        guard service.database.folder != nil else { return [] }
        let found = try workspace.maker(of: service).lint().map(\.description)
        if found.isEmpty { print("\(service.name): nothing found") }
        return found
    }
}

/// `migrate drift`
struct DriftCommand: ServicesCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "drift", abstract: "Print how the databases differ from the newest schema.", discussion: "Nothing is changed.")
    }

    @OptionGroup var services: SomeServices

    func run(for service: any ServiceDefinition, on workspace: MigrationWorkspace) async throws -> [String] {
        guard !service.database.models.isEmpty else { return [] }
        let maker = try workspace.maker(of: service)
        let found = try await workspace.withDatabase(of: service) { try await maker.drift(of: $0) }
        if found.isEmpty { print("\(service.name): matches the newest schema") }
        return found
    }
}
