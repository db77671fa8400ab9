/// Names of tables and columns in statements.
package enum Identifier {
    /// Returns the name as it is written in statements: in quotation marks if it would otherwise mean something else.
    package static func quoted(_ name: String) -> String {
        isPlain(name) && !reserved.contains(name)
            ? name : "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }

    private static func isPlain(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return name.utf8.allSatisfy { (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5f }
    }

    /// The keywords that SQLite or PostgreSQL do not take as names (https://www.sqlite.org/lang_keywords.html;
    /// https://www.postgresql.org/docs/current/sql-keywords-appendix.html).
    private static let reserved: Set<String> = [
        "add", "all", "alter", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "authorization", "autoincrement",
        "between", "binary", "both", "case", "cast", "check", "collate", "collation", "column", "commit", "concurrently", "constraint",
        "create", "cross", "current_catalog", "current_date", "current_role", "current_schema", "current_time", "current_timestamp",
        "current_user", "default", "deferrable", "delete", "desc", "distinct", "do", "drop", "else", "end", "escape", "except", "exists",
        "false", "fetch", "for", "foreign", "freeze", "from", "full", "grant", "group", "having", "if", "ilike", "in", "index", "indexed",
        "initially", "inner", "insert", "intersect", "into", "is", "isnull", "join", "lateral", "leading", "left", "like", "limit",
        "localtime", "localtimestamp", "natural", "not", "nothing", "notnull", "null", "offset", "on", "only", "or", "order", "outer",
        "overlaps", "placing", "primary", "references", "returning", "right", "select", "session_user", "set", "similar", "some",
        "symmetric", "system_user", "table", "tablesample", "then", "to", "trailing", "transaction", "true", "union", "unique", "update",
        "user", "using", "values", "variadic", "verbose", "when", "where", "window", "with",
    ]
}
