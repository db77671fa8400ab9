/// A rule about one statement.
struct LintRule {
    let name: String
    let advice: String
    let matches: @Sendable (_ words: [String]) -> Bool

    static let all: [LintRule] = locking + breaking

    /// What holds up everyone who uses the table.
    private static let locking = [
        LintRule("index", "building an index stops writes: make it with CREATE INDEX CONCURRENTLY, in a migration of its own") {
            $0.first == "create" && $0.prefix(3).contains("index") && !$0.contains("concurrently")
        },
        LintRule(
            "foreign-key", "adding a foreign key checks all rows under a lock: add it NOT VALID, and VALIDATE it in the next migration"
        ) {
            $0.has("foreign", "key") && $0.has("add", "constraint") && !$0.has("not", "valid")
        },
        LintRule("check", "adding a check reads all rows under a lock: add it NOT VALID, and VALIDATE it in the next migration") {
            $0.has("add", "constraint") && $0.contains("check") && !$0.has("not", "valid")
        },
        LintRule(
            "unique",
            "a unique constraint builds its index under a lock: CREATE UNIQUE INDEX CONCURRENTLY, then ADD CONSTRAINT … USING INDEX"
        ) { $0.has("add", "constraint") && ($0.contains("unique") || $0.has("primary", "key")) && !$0.has("using", "index") },
        LintRule(
            "not-null",
            """
            SET NOT NULL reads all rows under a lock: add CHECK (… IS NOT NULL) NOT VALID, VALIDATE it in the next migration, then SET NOT \
            NULL and drop the check
            """
        ) { $0.has("set", "not", "null") },
        LintRule(
            "type",
            "changing a type rewrites the table under a lock: add a column of the new type, fill it with a migration `-- roost: in-batches`, and use it"
        ) {
            $0.has("alter", "column") && $0.contains("type")
        },
        LintRule(
            "backfill",
            "changing all rows at once locks them until the commit: change some at a time, in a migration of its own with `-- roost: in-batches`"
        ) {
            ($0.first == "update" || $0.starts(with: ["delete", "from"])) && !$0.contains("where")
        },
    ]

    /// What versions of the program that still run do not survive.
    private static let breaking = [
        LintRule(
            "rename",
            "versions that still run use the old name: add the new one, write both, fill it in batches, and drop the old one later"
        ) { $0.starts(with: ["alter", "table"]) && $0.contains("rename") && !$0.has("rename", "constraint") },
        LintRule("drop-column", "versions that still run read it: release a version whose models do not have it, and drop it with the next")
        {
            $0.has("drop", "column")
        },
        LintRule("drop-table", "versions that still run read it: release a version that does not use it, and drop it with the next") {
            $0.starts(with: ["drop", "table"])
        },
        LintRule("no-default", "a column that is NOT NULL without a DEFAULT fails if there are rows, and for versions that still run") {
            $0.has("add", "column") && $0.has("not", "null") && !$0.contains("default") && !$0.contains("generated")
        },
    ]

    private init(_ name: String, _ advice: String, _ matches: @escaping @Sendable ([String]) -> Bool) {
        self.name = name
        self.advice = advice
        self.matches = matches
    }
}

extension [String] {
    /// Whether the words follow each other somewhere.
    func has(_ words: String...) -> Bool {
        guard count >= words.count else { return false }
        return (0...(count - words.count)).contains { Array(self[$0..<($0 + words.count)]) == words }
    }
}
