import ArgumentParser
import Foundation
import Roost
import RoostData
import RoostMigrations

/// `migrate`: the schemas of the services' databases.
struct MigrateCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "migrate", abstract: "Make, apply and check the migrations of the services' databases.",
            subcommands: [
                MakeMigration.self, MigrationStatusCommand.self, MigrateUp.self, MigrateDown.self, CheckMigrations.self,
                LintMigrations.self,
                PrintMigrations.self, BaselineMigrations.self, DriftCommand.self, MergeMigrations.self,
            ])
    }
}

/// A command for migrations.
protocol MigrationCommand: ParsableCommand {
    /// Where the databases are.
    var options: MigrationOptions { get }

    /// Runs the command.
    func run(on workspace: MigrationWorkspace) async throws
}

/// `migrate make`
struct MakeMigration: MigrationCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "make", abstract: "Write the migration that leads from the newest schema to the models.",
            discussion: "`migrate make catalog add_weight` writes a folder into the migrations of the service catalog.")
    }

    @Argument(help: ArgumentHelp("The service, if there are several, and what the migration does.", valueName: "service> <name"))
    var names: [String]

    @Option(help: ArgumentHelp("A column or a table has another name.", valueName: "TABLE.COLUMN=NAME"))
    var rename: [String] = []

    @Option(help: ArgumentHelp("A column is dropped, and was not renamed.", valueName: "TABLE.COLUMN"))
    var drop: [String] = []

    @Flag(help: "Write a migration without statements, to be filled in by hand.")
    var empty = false

    @Option(help: ArgumentHelp("The folder of the migrations in the source.", valueName: "folder"))
    var folder: String?

    @OptionGroup var options: MigrationOptions

    func validate() throws {
        guard (1...2).contains(names.count) else { throw ValidationError("Name the service, and what the migration does.") }
    }

    func run(on workspace: MigrationWorkspace) async throws {
        let name = (names.last ?? "").lowercased().replacing("-", with: "_")
        guard Migration.isName("1_" + name) else {
            throw ConfigurationError("the name \(name) must consist of letters, digits and underscores")
        }
        let service = try workspace.service(names.count == 2 ? names[0] : nil)
        let maker = try workspace.maker(of: service, in: folder)
        var ask: ((String, String, String) -> Bool)?
        if isatty(STDIN_FILENO) == 1 { ask = { Self.ask($0, $1, $2) } }
        let drafts = try await maker.make(name, at: Date(), renames: rename, drops: drop, isEmpty: empty, ask: ask)
        if drafts.isEmpty { print("\(service.name): the models are as the newest migration says") }
        for draft in drafts {
            try draft.write(in: maker.folder)
            print("\(service.name): \(maker.folder.relativePath)/\(draft.name)")
        }
        let made = Set(drafts.map(\.name))
        for finding in try workspace.maker(of: service, in: folder).lint() where made.contains(finding.migration) {
            print("warning: \(finding)")
        }
    }

    private static func ask(_ table: String, _ before: String, _ after: String) -> Bool {
        print("Was \(table).\(before) renamed to \(after)? [y/N] ", terminator: "")
        fflush(nil)
        return readLine()?.lowercased().hasPrefix("y") ?? false
    }
}

/// `migrate check`
struct CheckMigrations: MigrationCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "check", abstract: "Check that the migrations make what the models describe, and are safe to apply.")
    }

    @Argument(help: "The services; all that have models by default.")
    var services: [String] = []

    @OptionGroup var options: MigrationOptions

    func run(on workspace: MigrationWorkspace) async throws {
        var faults: [String] = []
        for service in try workspace.services(services) where !service.database.models.isEmpty {
            let found = try await workspace.maker(of: service).check()
            faults += found.map { "\(service.name): \($0)" }
            if found.isEmpty { print("\(service.name): the migrations make what the models describe") }
        }
        try ConfigurationError.check(faults)
    }
}

/// `migrate lint`
struct LintMigrations: MigrationCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "lint", abstract: "Find statements that hold up others or break versions that still run.",
            discussion: "A line `-- roost: allow RULE: REASON` in the file lets a statement pass.")
    }

    @Argument(help: "The services; all that have models by default.")
    var services: [String] = []

    @OptionGroup var options: MigrationOptions

    func run(on workspace: MigrationWorkspace) async throws {
        var faults: [String] = []
        for service in try workspace.services(services) where service.database.folder != nil {
            faults += try workspace.maker(of: service).lint().map { "\(service.name): \($0)" }
        }
        try ConfigurationError.check(faults)
    }
}

/// `migrate merge`
struct MergeMigrations: MigrationCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "merge", abstract: "Join the migrations of two branches that change different things.")
    }

    @Argument(help: "The services; all that have tables by default.")
    var services: [String] = []

    @OptionGroup var options: MigrationOptions

    func run(on workspace: MigrationWorkspace) async throws {
        for service in try workspace.services(services) where service.database.folder != nil {
            guard let merge = try MigrationMerge(folder: try workspace.folder(of: service, nil)) else { continue }
            for name in try merge.merge() { print("\(service.name): \(name) has another predecessor now") }
        }
    }
}
