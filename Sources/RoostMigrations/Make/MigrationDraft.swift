public import Foundation
import Roost
import RoostData

/// A migration that is ready to be written.
public struct MigrationDraft: Sendable {
    /// The name of the migration's folder.
    public let name: String
    /// The texts of its files, by name.
    public let files: [String: String]
    /// What to look at before the migration is committed, one line each: rules that no engine checks, what was written by hand and is
    /// left out, and views that PostgreSQL may need dropped first.
    public let warnings: [String]

    /// Writes the folder.
    /// - Parameter directory: The folder of all migrations, which is created if necessary.
    /// - Throws: An error of the file system.
    public func write(in directory: URL) throws {
        let folder = directory.appending(path: name)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (file, text) in files { try Data(text.utf8).write(to: folder.appending(path: file), options: .atomic) }
    }

    /// Returns the migrations of steps, each of which follows the one before it.
    static func chain(_ steps: [Step], _ names: MigrationNames, after last: Migration?) throws -> [MigrationDraft] {
        var parent = last?.identifier
        return steps.enumerated().map { position, step in
            let name = names[position, step.suffix]
            let schema = SchemaFile(step.schema, after: name, parent: parent).text
            parent = MigrationScript.hash(schema)
            var files = ["schema.json": schema]
            files.merge(scripts("up", sqlite: step.sqlite, postgres: step.postgres)) { $1 }
            if let sqlite = step.sqliteDown, let postgres = step.postgresDown {
                files.merge(scripts("down", sqlite: sqlite, postgres: postgres)) { $1 }
            }
            return MigrationDraft(name: name, files: files, warnings: step.warnings)
        }
    }

    /// Returns the files of statements: one if both engines have the same.
    private static func scripts(_ kind: String, sqlite: [String], postgres: [String]) -> [String: String] {
        func text(_ statements: [String]) -> String {
            statements.isEmpty ? "-- Nothing to do.\n" : statements.joined(separator: "\n\n") + "\n"
        }
        if sqlite == postgres { return ["\(kind).sql": text(sqlite)] }
        return ["sqlite.\(kind).sql": text(sqlite), "postgres.\(kind).sql": text(postgres)]
    }
}

/// The names of migrations that are made together.
struct MigrationNames {
    private let stamp: Date
    private let name: String
    private let taken: Set<String>

    /// - Parameter others: The migrations that are there already, in order.
    init(_ name: String, at date: Date, after others: [String]) {
        self.name = name
        taken = Set(others)
        stamp = date
    }

    /// Returns the name of a migration.
    /// - Parameters:
    ///   - position: Its position among those that are made together.
    ///   - suffix: What it is for, if it belongs to another one.
    subscript(position: Int, suffix: String) -> String {
        let base = suffix.isEmpty ? name : "\(name)_\(Self.plain(suffix))"
        // One minute later each, so that the names sort like the migrations.
        let first = "\(Self.text(stamp.addingTimeInterval(Double(position) * 60)))_\(base)"
        var free = first, number = 2
        while taken.contains(free) {
            free = "\(first)_\(number)"
            number += 1
        }
        return free
    }

    /// Returns the name of an index as a part of a migration's name, which has lowercase letters, digits and underscores.
    private static func plain(_ name: String) -> String {
        String(name.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }

    /// Returns a time as `20261125T1410`, in UTC.
    private static func text(_ date: Date) -> String {
        let style = Date.VerbatimFormatStyle(
            format:
                "\(year: .padded(4))\(month: .twoDigits)\(day: .twoDigits)T\(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased))\(minute: .twoDigits)",
            timeZone: .gmt, calendar: Calendar(identifier: .gregorian))
        return date.formatted(style)
    }
}
