import Roost
public import RoostData

extension DatabaseSchema {
    /// Creates the schema that models describe.
    /// - Throws: A `ConfigurationError` with one line for each fault: two models of one table, two columns of one name, or a reference to a
    ///   table that is not among those of the models.
    public init(_ models: [any Model.Type]) throws(ConfigurationError) {
        self.init()
        let tables = models.map { $0.table }
        var faults: [String] = [], names: Set<String> = []
        for table in tables where !names.insert(table.name).inserted { faults.append("two models have the table \(table.name)") }
        for table in tables {
            var own: Set<String> = []
            for column in table.columns {
                if !own.insert(column.name).inserted { faults.append("\(table.name) has two columns named \(column.name)") }
                guard let other = column.reference?.table() else { continue }
                if !names.contains(other.name) {
                    faults.append("\(table.name).\(column.name) refers to \(other.name), which is not among the models")
                } else if other.columns.count(where: \.isKey) != 1 {
                    faults.append("\(table.name).\(column.name) refers to \(other.name), whose key is not one column")
                }
            }
            add(table)
        }
        try ConfigurationError.check(faults)
    }

    private mutating func add(_ table: Table) {
        var position = 0
        for column in table.columns {
            if column.isKey { position += 1 }
            columns.append(SchemaColumn(column, of: table.name, key: column.isKey ? position : nil))
            // The key has an index anyway, and a unique one serves to find rows as well.
            let isKey = column.isKey && table.columns.count(where: \.isKey) == 1
            if column.isUnique, !isKey {
                indexes.append(SchemaIndex(table.name, [column.name], isUnique: true))
            } else if column.isIndexed, !isKey {
                indexes.append(SchemaIndex(table.name, [column.name], isUnique: false))
            }
        }
        for index in table.indexes { indexes.append(SchemaIndex(table.name, index.columns, isUnique: index.isUnique)) }
    }
}

extension SchemaColumn {
    fileprivate init(_ column: TableColumn, of table: String, key: Int?) {
        let rules = column.constraints.compactMap(Self.rule)
        self.init(
            table: table, column: column.name, type: column.type.schemaName, nullable: column.isNullable && key == nil ? true : nil,
            key: key, generated: column.isGenerated ? true : nil, values: column.allowedValues.isEmpty ? nil : column.allowedValues,
            rules: rules.isEmpty ? nil : rules, references: column.reference?.table().name, onDelete: column.reference?.onDelete.rawValue,
            fallback: column.fallback.flatMap(Self.text))
    }

    /// Returns a rule that the engines can check; `nil` for patterns and formats, which they cannot all.
    private static func rule(_ constraint: JSONSchema.Constraint) -> String? {
        guard case .number(let keyword, let value) = constraint else { return nil }
        let number = Int(exactly: value).map(String.init) ?? String(value)
        return switch keyword {
        case "minLength": "length >= \(number)"
        case "maxLength": "length <= \(number)"
        case "minimum": "value >= \(number)"
        case "maximum": "value <= \(number)"
        default: nil
        }
    }

    /// Returns the names of the rules of a model's column that are not in the schema.
    static func uncheckedRules(_ column: TableColumn) -> [String] {
        column.constraints.filter { rule($0) == nil }.map { constraint in
            switch constraint {
            case .number(let keyword, let value): "\(keyword) \(value)"
            case .format(let name): "format \(name)"
            case .pattern: "pattern"
            case .uniqueItems: "uniqueItems"
            }
        }
    }

    /// Returns the text of a value in `schema.json`.
    private static func text(_ value: SQLData) -> String? {
        switch value {
        case .null, .array: nil
        case .boolean(let value): "\(value)"
        case .integer(let number): "\(number)"
        case .real(let number): "\(number)"
        case .text(let text): text
        case .blob(let bytes): Hexadecimal.encode(bytes)
        case .uuid(let id): id.text
        case .time(let date): "\(Int64((date.timeIntervalSince1970 * 1000).rounded()))"
        }
    }
}
