import Roost
import RoostData

/// Something about a migration that needs a second look.
public struct LintFinding: Sendable, Hashable, CustomStringConvertible {
    /// The migration.
    public let migration: String
    /// The rule, such as `drop-column`.
    public let rule: String
    /// What may happen, and what to do instead.
    public let message: String

    /// The finding in one line.
    public var description: String { "\(migration): \(rule): \(message)" }
}

/// Looks for statements that lock a table for long, or that versions of the program which run during the change do not survive. The rules
/// are those of strong_migrations (https://github.com/ankane/strong_migrations) and squawk (https://squawkhq.com/docs/rules).
struct MigrationLint {
    private let migration: Migration
    private let sql: String
    /// The statements as lists of words in lowercase.
    private let statements: [[String]]
    /// The tables that the migration creates itself, which nobody uses yet.
    private let created: Set<String>

    init(_ migration: Migration) {
        self.migration = migration
        sql = migration.up.text(for: .postgres) ?? migration.up.text(for: .sqlite) ?? ""
        statements = SQLText.words(sql).map { $0.lowercased() }.split(separator: ";").map(Array.init)
        let creations = statements.filter { $0.starts(with: ["create", "table"]) }
        created = Set(creations.compactMap { words in words.dropFirst(2).first { !["if", "not", "exists"].contains($0) } })
    }

    var findings: [LintFinding] {
        let foreign = statements.filter { !($0.table.map(created.contains) ?? false) }
        let found = foreign.flatMap { statement in LintRule.all.filter { $0.matches(statement) }.map { finding($0.name, $0.advice) } }
        var seen: Set<LintFinding> = []
        return (found + structure).filter { !allowed.contains($0.rule) && seen.insert($0).inserted } + unexplained
    }

    private func finding(_ rule: String, _ message: String) -> LintFinding {
        LintFinding(migration: migration.name, rule: rule, message: message)
    }

    private var structure: [LintFinding] {
        let isAlone = !migration.isTransactional(on: .postgres)
        if isAlone, statements.count > 1 {
            return [
                finding(
                    "no-transaction", "only one statement can run outside a transaction or in batches: put each into a migration of its own"
                )
            ]
        }
        if !isAlone, statements.contains(where: { $0.contains("concurrently") }) {
            let line = "CONCURRENTLY does not run in a transaction: begin the file with `\(Migration.outsideTransaction)`"
            return [finding("no-transaction", line)]
        }
        return []
    }

    /// The comments `-- roost: allow RULE: REASON`.
    private var permissions: [(rule: String, reason: String)] {
        sql.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(\.trimmed)
            guard parts.count >= 2, parts[0] == "-- roost", parts[1].hasPrefix("allow ") else { return nil }
            return (parts[1].dropFirst(6).trimmed, parts.count == 3 ? parts[2] : "")
        }
    }

    private var allowed: Set<String> { Set(permissions.filter { !$0.reason.isEmpty }.map(\.rule)) }

    private var unexplained: [LintFinding] {
        permissions.filter(\.reason.isEmpty).map { finding($0.rule, "a reason is missing: `-- roost: allow \($0.rule): REASON`") }
    }
}

extension StringProtocol {
    fileprivate var trimmed: String {
        let rest = drop(while: \.isWhitespace)
        return String(rest.reversed().drop(while: \.isWhitespace).reversed())
    }
}

extension [String] {
    /// The table that a statement changes.
    fileprivate var table: String? {
        let words = filter { !["if", "exists", "not", "only", "concurrently"].contains($0) }
        if words.starts(with: ["alter", "table"]) || words.starts(with: ["drop", "table"]) { return words.dropFirst(2).first }
        if words.contains("index"), let on = words.firstIndex(of: "on") { return words[(on + 1)...].first }
        return words.first == "update" ? words.dropFirst().first : nil
    }
}
