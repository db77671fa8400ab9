import ArgumentParser
import Foundation
import Roost
import RoostDocuments

/// A system's command line: to run it, with its options, or to write its `.proto` files.
struct SystemCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: URL(filePath: CommandLine.arguments.first ?? "").lastPathComponent, subcommands: [ProtosCommand.self])
    }

    @OptionGroup var options: SystemOptions
}

/// `protos`: the `.proto` files of every contract, and the lock of their numbers.
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

    @Option(help: ArgumentHelp("The lock's file; protos.lock in the folder if left out.", valueName: "file"))
    var lock: String?

    @Flag(help: "Write nothing, and fail where a file is not as it would be written.")
    var check = false

    /// - Throws: a `ConfigurationError` where the files are not what they must be; what the file system throws.
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
