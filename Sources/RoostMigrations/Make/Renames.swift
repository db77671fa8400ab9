import Roost
import RoostData

/// What has another name now: as the models declare it, as options say, or as somebody answers. It is never guessed.
struct Renames {
    private typealias Rename = SchemaDifference.Rename

    /// The renames, those of tables first.
    private(set) var resolved: [SchemaDifference.Rename] = []
    private let old: DatabaseSchema
    private let new: DatabaseSchema
    private let drops: [String]

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
        (self.old, self.new, drops) = (old, new, choices.drops)
        for option in choices.renames.sorted(by: { !$0.contains(".") && $1.contains(".") }) {
            resolved.append(try RenameOption(option, in: schema, after: resolved).rename(to: new))
        }
        try checkDrops()
        try resolve(tableQuestions, ask)
        for rename in declared {
            guard let table = schema.table(rename.table), table.column(rename.column ?? "") != nil, table.column(rename.name) == nil else {
                continue
            }
            resolved.append(rename)
        }
        try resolve(columnQuestions, ask)
    }

    /// The schema before, with the new names as far as they are known.
    private var schema: DatabaseSchema { resolved.reduce(old) { $0.applying($1) } }

    private func checkDrops() throws(ConfigurationError) {
        try ConfigurationError.check(
            drops.compactMap { drop in
                let names = drop.split(separator: ".").map(String.init), table = schema.table(names.first ?? "")
                let isThere = names.count == 1 ? table != nil : names.count == 2 && table?.column(names[1]) != nil
                return isThere ? nil : "--drop \(drop): the newest migration has no such table or column; say TABLE or TABLE.COLUMN"
            })
    }

    private mutating func resolve(
        _ questions: [(rename: SchemaDifference.Rename, before: String)], _ ask: ((RenameQuestion) -> Bool)?
    ) throws(ConfigurationError) {
        for (rename, before) in questions where !drops.contains(before) {
            guard let ask else {
                throw ConfigurationError(
                    """
                    \(before) may have been renamed to \(rename.name): say so with --rename \(before)=\(rename.name), or --drop \(before)
                    """)
            }
            if ask(RenameQuestion(before: before, after: rename.name)) { resolved.append(rename) }
        }
    }

    /// The pairs of a dropped and a new table that have most columns in common, at least half of those of the smaller one.
    private var tableQuestions: [(rename: SchemaDifference.Rename, before: String)] {
        let difference = SchemaDifference(from: schema, to: new)
        var created = difference.created
        return difference.dropped.compactMap { table -> (rename: SchemaDifference.Rename, before: String)? in
            let columns = Set(table.columns.map { [$0.column, $0.type] })
            func common(_ other: SchemaTable) -> Int { other.columns.count(where: { columns.contains([$0.column, $0.type]) }) }
            guard let index = created.indices.max(by: { common(created[$0]) < common(created[$1]) }),
                common(created[index]) * 2 >= min(columns.count, created[index].columns.count)
            else { return nil }
            return (rename: Rename(table: table.name, column: nil, name: created.remove(at: index).name), before: table.name)
        }
    }

    /// The pairs of a dropped and an added column of one table and type: one each, since more cannot be asked sensibly.
    private var columnQuestions: [(rename: SchemaDifference.Rename, before: String)] {
        SchemaDifference(from: schema, to: new).changed.flatMap { change -> [(rename: SchemaDifference.Rename, before: String)] in
            var added = change.added
            return change.dropped.compactMap { column -> (rename: SchemaDifference.Rename, before: String)? in
                guard let index = added.firstIndex(where: { $0.type == column.type && $0.isNullable == column.isNullable }) else {
                    return nil
                }
                return (
                    rename: Rename(table: column.table, column: column.column, name: added.remove(at: index).column), before: column.path
                )
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
            throw ConfigurationError("--rename \(option): a table \(sides[1]) already exists")
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
                throw ConfigurationError("--rename \(option): \(table.name) already has a column \(name)")
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
