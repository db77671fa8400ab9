import Roost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// One step of a database's schema: applied once, in one transaction, and never changed afterwards.
public struct Migration: Sendable, Hashable {
    /// Unique among the database's migrations, such as `0001_accounts`.
    public let name: String
    /// One or more statements, separated by semicolons.
    public let sql: String

    /// Creates a migration.
    /// - Parameters:
    ///   - name: A name that is unique among the database's migrations, such as `0001_accounts`.
    ///   - sql: One or more statements, separated by semicolons.
    public init(_ name: String, _ sql: String) {
        self.name = name
        self.sql = sql
    }

    /// Returns the migrations in a directory: its files `0001_name.sql`, in the order of their names.
    /// - Throws: A `ConfigurationError` if the directory cannot be read, or a file has another name.
    public static func load(from directory: URL) throws(ConfigurationError) -> [Migration] {
        let path = directory.path
        guard let entries = try? FileManager.default.contentsOfDirectory(atPath: path) else {
            throw ConfigurationError("the migrations in \(path) cannot be read")
        }
        return try entries.filter { $0.hasSuffix(".sql") }.sorted().map { file throws(ConfigurationError) in
            let name = String(file.dropLast(4))
            guard name.utf8.prefix(5).elementsEqual("0000_".utf8, by: { $0 == $1 || $1 == 0x30 && $0 &- 0x30 < 10 }) else {
                throw ConfigurationError("the migration \(path)/\(file) must be named like 0001_name.sql")
            }
            guard let bytes = FileManager.default.contents(atPath: path + "/" + file), let sql = String(validating: bytes, as: UTF8.self)
            else { throw ConfigurationError("the migration \(path)/\(file) cannot be read as UTF-8") }
            return Migration(name, sql)
        }
    }

    /// Detects a change of the statements.
    var checksum: String { String(FNV1a.hash(sql.utf8), radix: 16) }
}
