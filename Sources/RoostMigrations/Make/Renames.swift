import Roost
import RoostData

/// What has another name now: as the models declare it, as options say, or as somebody answers. It is never guessed.
struct Renames {
    private typealias Rename = SchemaDifference.Rename

    /// The renames, those of tables first.
    private(set) var resolved: [SchemaDifference.Rename] = []
    private let old: DatabaseSchema
    private let new: DatabaseSchema
    private let drops: Set<String>

    /// - Parameters:
    ///   - choices: What options say.
    ///   - declared: The columns whose models name what they were called before.
    ///   - old: The schema before.
    ///   - new: The schema of the models.
    ///   - ask: Asks whether something was renamed. `nil` if there is nobody to ask.
    /// - Throws: A `ConfigurationError` if an option is invalid, or something may have been renamed and there is nobody to ask.
    init(
        _ choices: MigrationChoices, declared: [SchemaDifference.Rename], from old: DatabaseSchema, to new: DatabaseSchema,
        ask: ((RenameQuestion) -> Bool)?
    ) throws(ConfigurationError) {
        (self.old, self.new, drops) = (old, new, Set(choices.drops))
        for option in RenameOption.sorted(choices.renames) {
            resolved.append(try RenameOption(option, in: schema, after: resolved).rename(to: new))
        }
        try checkDrops()
        try resolve(tableCandidates, ask)
        for rename in declared {
            guard let table = schema.table(rename.table), table.column(rename.column ?? "") != nil, table.column(rename.name) == nil else {
                continue
            }
            if let drop = originalNames(of: rename.table, rename.column).intersection(drops).min() {
                throw ConfigurationError("--drop \(drop): its model says that it was renamed to \(rename.name) (`@Renamed`)")
            }
            resolved.append(rename)
        }
        try resolve(columnCandidates, ask)
    }

    /// The schema before, with the new names as far as they are known.
    private var schema: DatabaseSchema { resolved.reduce(old) { $0.applying($1) } }

    /// Checks that what options drop was there, under its old name or that of its renamed table, and is not in the models.
    private func checkDrops() throws(ConfigurationError) {
        try ConfigurationError.check(
            drops.sorted().compactMap { drop in
                let names = drop.split(separator: ".").map(String.init), before = old.table(names.first ?? "")
                if let index = resolved.indices.first(where: {
                    originalNames(of: resolved[$0].table, resolved[$0].column, after: resolved[..<$0]).contains(drop)
                }) {
                    return "--drop \(drop): it was renamed to \(resolved[index].name)"
                }
                let table = before.flatMap { schema.table(currentName(of: $0.name)) } ?? schema.table(names.first ?? "")
                let isThere = names.count == 1 ? before != nil : names.count == 2 && table?.column(names[1]) != nil
                guard let table, isThere else {
                    return "--drop \(drop): the newest migration has no such table or column; say TABLE or TABLE.COLUMN"
                }
                let kept = new.table(table.name)
                let isKept = names.count == 1 ? kept != nil : kept?.column(names[1]) != nil
                return isKept ? "--drop \(drop): the models still have it" : nil
            })
    }

    /// Returns the name that a table of the schema before has now.
    private func currentName(of table: String) -> String {
        resolved.reduce(table) { name, rename in rename.column == nil && rename.table == name ? rename.name : name }
    }

    /// Returns the names by which an option can mean a table or a column: those of the schema before, and with the table's present name.
    private func originalNames(of table: String, _ column: String?) -> Set<String> {
        originalNames(of: table, column, after: resolved[...])
    }

    /// - Parameter renames: The renames that have led to the names.
    private func originalNames(of table: String, _ column: String?, after renames: ArraySlice<Rename>) -> Set<String> {
        var before = (table: table, column: column)
        for rename in renames.reversed() {
            if rename.column == nil {
                if rename.name == before.table { before.table = rename.table }
            } else if rename.table == before.table, rename.name == before.column {
                before.column = rename.column
            }
        }
        func path(_ table: String, _ column: String?) -> String { column.map { "\(table).\($0)" } ?? table }
        // Another table may have taken the name since.
        let present = path(table, before.column), original = path(before.table, before.column)
        return column == nil ? [original] : [present, original]
    }

    /// Asks about what each dropped table or column may be now, until an answer is yes.
    private mutating func resolve(_ candidates: [Candidates], _ ask: ((RenameQuestion) -> Bool)?) throws(ConfigurationError) {
        var taken: Set<String> = []
        for dropped in candidates where drops.isDisjoint(with: originalNames(of: dropped.table, dropped.column)) {
            let before = dropped.path, names = dropped.names.filter { !taken.contains(dropped.scope + $0) }
            guard !names.isEmpty else { continue }
            guard let ask else {
                throw ConfigurationError(
                    """
                    \(before) may have been renamed to \(names.joined(separator: " or ")): say so with --rename \(before)=\(names[0]), or \
                    --drop \(before)
                    """)
            }
            guard let name = names.first(where: { ask(RenameQuestion(before: before, after: $0)) }) else { continue }
            taken.insert(dropped.scope + name)
            resolved.append(Rename(table: dropped.table, column: dropped.column, name: name))
        }
    }

    /// A dropped table or column, and the names that it may have now, the likeliest first.
    private struct Candidates {
        let table: String
        let column: String?
        let names: [String]

        var path: String { scope + (column ?? table) }
        /// What the names belong to.
        var scope: String { column == nil ? "" : "\(table)." }
    }

    /// The dropped tables, each with the new ones that have at least half of the columns of the smaller one in common with it.
    private var tableCandidates: [Candidates] {
        let difference = SchemaDifference(from: schema, to: new)
        return difference.dropped.map { table in
            let columns = Set(table.columns.map { [$0.column, $0.type] })
            let common = difference.created.map { other in
                (
                    name: other.name, size: other.columns.count,
                    count: other.columns.count(where: { columns.contains([$0.column, $0.type]) })
                )
            }
            let likely = common.filter { $0.count * 2 >= min(columns.count, $0.size) }.sorted { $0.count > $1.count }
            return Candidates(table: table.name, column: nil, names: likely.map(\.name))
        }
    }

    /// The dropped columns, each with the added ones of the same table and type.
    private var columnCandidates: [Candidates] {
        SchemaDifference(from: schema, to: new).changed.flatMap { change in
            change.dropped.map { column in
                let same = change.added.filter { $0.type == column.type && $0.isNullable == column.isNullable }
                return Candidates(table: column.table, column: column.column, names: same.map(\.column))
            }
        }
    }
}

/// An option `--rename`, as far as it fits the schema before.
private struct RenameOption {
    private let option: String
    private let table: SchemaTable
    private let column: String?
    private let name: String

    /// Returns options in the order in which they can be followed: tables before columns, and what makes a name free before what takes it.
    static func sorted(_ options: [String]) -> [String] {
        let tables = options.filter { !$0.contains(".") }, columns = options.filter { $0.contains(".") }
        let renamed = Dictionary(tables.map { ($0.sides.before, $0.sides.after) }) { first, _ in first }
        // An option can mean a table by its name before or its new one.
        func scope(_ option: String) -> String {
            guard let table = option.sides.before.split(separator: ".").first.map(String.init), option.contains(".") else { return "" }
            return (renamed[table] ?? table) + "."
        }
        func before(_ option: String) -> String { scope(option) + (option.sides.before.split(separator: ".").last ?? "") }
        return freeing(tables, before) { $0.sides.after } + freeing(columns, before) { scope($0) + $0.sides.after }
    }

    /// Returns options so that each one whose new name is that of another comes after it, as far as that is possible.
    private static func freeing(_ options: [String], _ before: (String) -> String, _ after: (String) -> String) -> [String] {
        var rest = options, sorted: [String] = []
        while !rest.isEmpty {
            let taken = Set(rest.map(before))
            sorted.append(rest.remove(at: rest.firstIndex { !taken.contains(after($0)) } ?? 0))
        }
        return sorted
    }

    /// - Parameters:
    ///   - option: `products.weight=mass` or `products=articles`.
    ///   - schema: The schema before, with the names of earlier options.
    ///   - renames: The earlier renames.
    init(_ option: String, in schema: DatabaseSchema, after renames: [SchemaDifference.Rename]) throws(ConfigurationError) {
        let sides = option.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
        let names = sides[0].split(separator: ".").map(String.init)
        guard sides.count == 2, !sides[1].isEmpty, !sides[1].contains("."), (1...2).contains(names.count) else {
            throw ConfigurationError("--rename \(option): say TABLE.COLUMN=NAME or TABLE=NAME, such as --rename products.weight=mass")
        }
        let current = renames.first { $0.column == nil && $0.table == names[0] }?.name ?? names[0]
        guard let table = schema.table(current) else {
            throw ConfigurationError(
                "--rename \(option): the newest migration has no table \(names[0]); it has \(Self.list(schema.tableNames))")
        }
        if names.count == 2, table.column(names[1]) == nil {
            throw ConfigurationError(
                "--rename \(option): \(current) has no column \(names[1]) before the change; it has \(Self.list(table.columns.map(\.column)))"
            )
        }
        if names.count == 1, schema.table(sides[1]) != nil {
            throw ConfigurationError(
                "--rename \(option): a table \(sides[1]) already exists: drop or rename that one in a migration of its own first")
        }
        (self.option, self.table, column, name) = (option, table, names.count == 2 ? names[1] : nil, sides[1])
    }

    /// Returns the rename.
    /// - Throws: A `ConfigurationError` if the models do not have the new name.
    func rename(to new: DatabaseSchema) throws(ConfigurationError) -> SchemaDifference.Rename {
        if let column {
            guard let columns = new.table(table.name)?.columns.map(\.column), columns.contains(name) else {
                throw ConfigurationError("--rename \(option): the model of \(table.name) has no column \(name)")
            }
            guard table.column(name) == nil else {
                throw ConfigurationError(
                    "--rename \(option): \(table.name) already has a column \(name): drop or rename that one in a migration of its own first"
                )
            }
            return SchemaDifference.Rename(table: table.name, column: column, name: name)
        }
        guard new.table(name) != nil else {
            throw ConfigurationError("--rename \(option): no model has the table \(name); they have \(Self.list(new.tableNames))")
        }
        return SchemaDifference.Rename(table: table.name, column: nil, name: name)
    }

    private static func list(_ names: [String]) -> String { names.isEmpty ? "none" : names.joined(separator: ", ") }
}

extension String {
    /// The names before and after the equals sign of an option.
    fileprivate var sides: (before: String, after: String) {
        let sides = split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        return (sides[0], sides.count == 2 ? sides[1] : "")
    }
}
