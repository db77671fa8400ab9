import ArgumentParser
import Roost
import RoostData

/// `migrate`: the schemas of the services' databases.
struct MigrateCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "migrate", abstract: "Make, apply and check the migrations of the services' databases.",
            subcommands: [
                MakeMigration.self, MigrationStatusCommand.self, MigrateUp.self, MigrateDown.self, CheckMigrations.self,
                LintMigrations.self, PrintMigrations.self, BaselineMigrations.self, DriftCommand.self, MergeMigrations.self,
            ])
    }
}

/// A command for migrations.
protocol MigrationCommand: ParsableCommand {
    /// Where the databases are.
    var options: SettingOptions { get }

    /// Runs the command.
    func run(on workspace: MigrationWorkspace) async throws
}

/// A command that does the same for several services.
protocol ServicesCommand: MigrationCommand {
    /// The services.
    var services: SomeServices { get }

    /// Runs the command for a service.
    /// - Returns: What is wrong, one line each.
    func run(for service: any ServiceDefinition, on workspace: MigrationWorkspace) async throws -> [String]
}

extension ServicesCommand {
    var options: SettingOptions { services.options }

    /// Runs the command for each of the services.
    /// - Throws: A `ConfigurationError` with what is wrong in all of them.
    func run(on workspace: MigrationWorkspace) async throws {
        var faults: [String] = []
        for service in try workspace.services(services.names) {
            do {
                faults += try await run(for: service, on: workspace).map { "\(service.name): \($0)" }
            } catch let error as ConfigurationError {
                faults += error.faults.map { "\(service.name): \($0)" }
            } catch let error as DatabaseError where error.code == .migration {
                faults.append("\(service.name): \(error.message)")
            } catch let error where !(error is CancellationError) {
                // What is wrong with one service, such as a server that is down, must not hide the others.
                faults.append("\(service.name): \(error)")
            }
        }
        try ConfigurationError.check(faults)
    }
}

/// The arguments of a command for several services.
struct SomeServices: ParsableArguments {
    @Argument(help: ArgumentHelp("The services; all that have migrations by default.", valueName: "services"))
    var names: [String] = []

    @OptionGroup var options: SettingOptions
}

/// The arguments of a command for one service.
struct OneService: ParsableArguments {
    @Argument(help: ArgumentHelp("The service, if there are several.", valueName: "service"))
    var name: String?

    @OptionGroup var options: SettingOptions
}
