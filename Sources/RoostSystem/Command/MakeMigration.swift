import ArgumentParser
import Foundation
import Roost
import RoostData
import RoostMigrations

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

    @Option(help: ArgumentHelp("A column or a table is dropped, and was not renamed.", valueName: "TABLE.COLUMN"))
    var drop: [String] = []

    @Option(help: ArgumentHelp("A column changes its type although values can be lost.", valueName: "TABLE.COLUMN"))
    var convert: [String] = []

    @Flag(help: "Write a migration without statements, to be filled in by hand.")
    var empty = false

    @Option(help: ArgumentHelp("The folder of the migrations in the source.", valueName: "folder"))
    var folder: String?

    @OptionGroup var options: SettingOptions

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
        let choices = MigrationChoices(renames: rename, drops: drop, conversions: convert)
        var ask: ((RenameQuestion) -> Bool)?
        if isatty(STDIN_FILENO) == 1 { ask = { Self.ask($0) } }
        let drafts = try await maker.make(name, at: Date(), choices: choices, isEmpty: empty, ask: ask)
        if drafts.isEmpty { print("\(service.name): the models match the newest migration") }
        for draft in drafts {
            try draft.write(in: maker.folder)
            print("\(service.name): \(maker.folder.relativePath)/\(draft.name)")
            for warning in draft.warnings { print("warning: \(draft.name): \(warning)") }
        }
        let made = Set(drafts.map(\.name))
        for finding in try workspace.maker(of: service, in: folder).lint() where made.contains(finding.migration) {
            print("warning: \(finding)")
        }
    }

    private static func ask(_ question: RenameQuestion) -> Bool {
        print("Was \(question.before) renamed to \(question.after)? [y/N] ", terminator: "")
        fflush(nil)
        return readLine()?.lowercased().hasPrefix("y") ?? false
    }
}
