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

/// `protos`: the `.proto` files of every contract, the lock file of their numbers, and the schemas of every event.
struct ProtosCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "protos", abstract: "Write the .proto file of every contract, and the schema of every event.",
            discussion: """
                A lock beside them remembers which number each field has, and the methods of each service. A change that gives a number \
                another meaning, or takes a method away, is refused; a field that is removed stays reserved. To take a method away all the \
                same, delete its line from the lock. The folder events has the schema of each version of each event; a change that stored events \
                or their readers would not survive is refused until the event gets a new version. Commit all of them.
                """)
    }

    @Option(help: ArgumentHelp("The folder to write to.", valueName: "folder"))
    var out = "protos"

    @Option(help: ArgumentHelp("The lock file; protos.lock in the folder if omitted.", valueName: "file"))
    var lock: String?

    @Flag(help: "Write nothing, and fail if a file is not up to date.")
    var check = false

    /// Writes or checks the files.
    /// - Throws: A `ConfigurationError` if the files are not up to date, or the contracts or the events are incompatible with what is
    ///   recorded; an error of the file system.
    func run(on contracts: [ContractDescription], _ events: [EventDescription]) throws {
        let folder = ProtoFolder(path: out, lock: lock)
        guard check else { return try folder.write(contracts, events) }
        let stale = try folder.stale(contracts, events)
        if !stale.isEmpty {
            throw ConfigurationError(
                "not up to date: \(stale.joined(separator: ", ")). Run the command `protos` and commit what it writes.")
        }
    }
}
