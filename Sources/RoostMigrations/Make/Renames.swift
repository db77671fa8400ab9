import Roost
import RoostData

/// What has another name now: as the models declare it, as options say, or as somebody answers. It is never guessed.
struct Renames {
    /// The renames, those of tables first.
    let resolved: [SchemaDifference.Rename]

    /// - Parameters:
    ///   - options: `products.weight=mass` and `products=articles`.
    ///   - declared: The columns whose models name what they were called before.
    ///   - drops: The columns that are dropped and not renamed, such as `products.weight`.
    ///   - ask: Asks whether a column was renamed: its table, the name before, and the new name. `nil` if there is nobody to ask.
    /// - Throws: A `ConfigurationError` if an option is invalid, or a column may have been renamed and there is nobody to ask.
    init(
        _ options: [String], declared: [SchemaDifference.Rename], drops: [String], from old: DatabaseSchema, to new: DatabaseSchema,
        ask: ((String, String, String) -> Bool)?
    ) throws(ConfigurationError) {
        var renames: [SchemaDifference.Rename] = []
        for option in options.sorted(by: { !$0.contains(".") && $1.contains(".") }) { renames.append(try Self.parse(option, in: old)) }
        let base = renames.reduce(old) { $0.applying($1) }
        for rename in declared
        where base.table(rename.table)?.column(rename.column ?? "") != nil
            && base.table(rename.table)?.column(rename.name) == nil
        { renames.append(rename) }
        let questions = Self.questions(from: renames.reduce(old) { $0.applying($1) }, to: new)
        for question in questions where !drops.contains("\(question.table).\(question.before)") {
            guard let ask else {
                throw ConfigurationError(
                    """
                    \(question.table).\(question.before) may have been renamed to \(question.after): say so with --rename \
                    \(question.table).\(question.before)=\(question.after), or --drop \(question.table).\(question.before)
                    """)
            }
            if ask(question.table, question.before, question.after) {
                renames.append(SchemaDifference.Rename(table: question.table, column: question.before, name: question.after))
            }
        }
        resolved = renames
    }

    private static func parse(_ option: String, in schema: DatabaseSchema) throws(ConfigurationError) -> SchemaDifference.Rename {
        let sides = option.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
        let names = sides[0].split(separator: ".").map(String.init)
        guard sides.count == 2, !sides[1].isEmpty, (1...2).contains(names.count) else {
            throw ConfigurationError("--rename must be followed by TABLE.COLUMN=NAME or TABLE=NAME, and not by \(option)")
        }
        return SchemaDifference.Rename(table: names[0], column: names.count == 2 ? names[1] : nil, name: sides[1])
    }

    /// Returns the pairs of a dropped and an added column of one table and type: one each, since more cannot be asked sensibly.
    private static func questions(from old: DatabaseSchema, to new: DatabaseSchema) -> [(table: String, before: String, after: String)] {
        var questions: [(table: String, before: String, after: String)] = []
        for change in SchemaDifference(from: old, to: new).changed {
            var added = change.added
            for column in change.dropped {
                guard let index = added.firstIndex(where: { $0.type == column.type && $0.isNullable == column.isNullable }) else {
                    continue
                }
                questions.append((change.after.name, column.column, added.remove(at: index).column))
            }
        }
        return questions
    }
}
