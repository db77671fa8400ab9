import ArgumentParser
import Foundation
import Roost
import RoostDocuments

/// The command line of a system: to run it, with options, to write its `.proto` files, or to migrate its databases.
struct SystemCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: URL(filePath: CommandLine.arguments.first ?? "").lastPathComponent,
            subcommands: [ProtosCommand.self, MigrateCommand.self])
    }

    @OptionGroup var options: SystemOptions
}

/// `protos`: the `.proto` files of every contract, and the lock file of their numbers.
struct ProtosCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "protos", abstract: "Write the .proto file of every contract.",
            discussion: """
                A lock beside them remembers which number each field has, and the methods of each service. A change that gives a number \
                another meaning, or takes a method away, is refused; a field that is removed stays reserved. To take a method away all the \
                same, delete its line from the lock. Commit both.
                """)
    }

    @Option(help: ArgumentHelp("The folder to write to.", valueName: "folder"))
    var out = "protos"

    @Option(help: ArgumentHelp("The lock file; protos.lock in the folder if omitted.", valueName: "file"))
    var lock: String?

    @Flag(help: "Write nothing, and fail if a file is not up to date.")
    var check = false

    /// Writes or checks the files.
    /// - Throws: A `ConfigurationError` if the files are not up to date or the contracts are incompatible with the lock file; an error of
    ///   the file system.
    func run(on contracts: [ContractDescription]) throws {
        let folder = ProtoFolder(path: out, lock: lock)
        guard check else { return try folder.write(contracts) }
        let stale = try folder.stale(contracts)
        if !stale.isEmpty {
            throw ConfigurationError(
                "not up to date: \(stale.joined(separator: ", ")). Run the command `protos` and commit what it writes.")
        }
    }
}
