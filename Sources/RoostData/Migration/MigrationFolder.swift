import Roost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Migration {
    /// Returns the migrations in a folder, each a folder of its own, in the order in which they are applied:
    /// - `up.sql`, or `sqlite.up.sql` and `postgres.up.sql` if the engines need different statements;
    /// - `down.sql`, or one for each engine, if the migration can be undone;
    /// - `schema.json`: the whole schema after it, and the migration that it follows. The command `migrate make` writes it. Migrations
    ///   without one come first, in the order of their names.
    /// - Throws: A `ConfigurationError` if the folder cannot be read, contains anything else, or two migrations follow the same one.
    public static func load(from directory: URL) throws(ConfigurationError) -> [Migration] {
        try MigrationOrder(try folders(in: directory)).ordered()
    }

    /// Returns the migrations in a folder, sorted by their names.
    /// - Throws: A `ConfigurationError` if the folder cannot be read, or contains anything else.
    package static func folders(in directory: URL) throws(ConfigurationError) -> [Migration] {
        let path = directory.path
        guard let entries = try? FileManager.default.contentsOfDirectory(atPath: path) else {
            throw ConfigurationError("the migrations in \(path) cannot be read")
        }
        var migrations: [Migration] = []
        for entry in entries.sorted() where !entry.hasPrefix(".") {
            if entry.hasSuffix(".sql") {
                throw ConfigurationError("\(path)/\(entry): a migration is a folder: move the file to \(entry.dropLast(4))/up.sql")
            }
            let isFolder = (try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(entry)")) != nil
            if isFolder { migrations.append(try Migration(folder: "\(path)/\(entry)", name: entry)) }
        }
        return migrations
    }

    /// Reads the folder of a migration.
    package init(folder: String, name: String) throws(ConfigurationError) {
        guard Self.isName(name) else {
            throw ConfigurationError("\(folder): a migration must be named like 20261125T1410_add_weight, in lowercase letters and digits")
        }
        guard let files = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            throw ConfigurationError("the migration \(folder) cannot be read")
        }
        var up = MigrationScript(), down = MigrationScript(), schema: String?
        for file in files.sorted() where !file.hasPrefix(".") {
            let text = try Self.text(of: "\(folder)/\(file)")
            switch file {
            case "up.sql": up.shared = text
            case "down.sql": down.shared = text
            case "schema.json": schema = text
            default:
                let parts = file.split(separator: ".").map(String.init)
                guard parts.count == 3, parts[2] == "sql", ["up", "down"].contains(parts[1]) else {
                    throw ConfigurationError(
                        "\(folder)/\(file) is not a file of a migration; these are: up.sql, sqlite.up.sql, postgres.up.sql, the same with down, and schema.json"
                    )
                }
                if parts[1] == "up" { up.engines[parts[0]] = text } else { down.engines[parts[0]] = text }
            }
        }
        guard !up.isEmpty else { throw ConfigurationError("the migration \(folder) has no up.sql, and no statements for any engine") }
        let parent: String? = if let schema { try Self.parent(in: schema, of: folder) } else { nil }
        self.init(name, up: up, down: down, schema: schema, parent: parent)
    }

    /// Returns whether a name can be that of a migration: digits, which may be divided by a `T`, an underscore, and lowercase letters, digits or
    /// underscores.
    package static func isName(_ name: String) -> Bool {
        let parts = name.split(separator: "_", maxSplits: 1)
        guard parts.count == 2, let first = parts[0].utf8.first, isDigit(first) else { return false }
        return parts[0].utf8.allSatisfy { isDigit($0) || $0 == UInt8(ascii: "T") }
            && parts[1].utf8.allSatisfy { isDigit($0) || (0x61...0x7a).contains($0) || $0 == UInt8(ascii: "_") }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func text(of path: String) throws(ConfigurationError) -> String {
        guard let bytes = FileManager.default.contents(atPath: path), let text = String(validating: bytes, as: UTF8.self) else {
            throw ConfigurationError("\(path) cannot be read as UTF-8")
        }
        return text
    }

    private static func parent(in schema: String, of folder: String) throws(ConfigurationError) -> String? {
        do {
            return try JSON.decode(SchemaHead.self, from: Array(schema.utf8)).parent
        } catch {
            throw ConfigurationError("\(folder)/schema.json cannot be read: \(error.problem)")
        }
    }
}

/// The beginning of a migration's `schema.json`.
@Schema
struct SchemaHead {
    /// The identifier of the migration that this one follows.
    var parent: String?
}
