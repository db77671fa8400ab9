import RoostData
import Testing

@testable import RoostMigrations

@Suite struct LintTests {
    private func rules(_ sql: String) -> [String] { MigrationLint(Migration("1_test", sql)).findings.map(\.rule) }

    @Test(arguments: [
        ("CREATE INDEX a ON t (b)", "index"), ("CREATE UNIQUE INDEX a ON t (b)", "index"),
        ("ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES u (id)", "foreign-key"),
        ("ALTER TABLE t ADD CONSTRAINT c CHECK (b > 0)", "check"), ("ALTER TABLE t ADD CONSTRAINT u UNIQUE (b)", "unique"),
        ("ALTER TABLE t ALTER COLUMN b SET NOT NULL", "not-null"), ("ALTER TABLE t ALTER COLUMN b TYPE bigint", "type"),
        ("UPDATE t SET b = 1", "backfill"), ("ALTER TABLE t RENAME COLUMN a TO b", "rename"),
        ("ALTER TABLE t DROP COLUMN b", "drop-column"),
        ("DROP TABLE t", "drop-table"), ("ALTER TABLE t ADD COLUMN b bigint NOT NULL", "no-default"),
        ("CREATE INDEX CONCURRENTLY a ON t (b)", "no-transaction"),
        ("-- roost: no-transaction\nCREATE INDEX CONCURRENTLY a ON t (b); SELECT 1", "no-transaction"),
    ])
    func whatNeedsASecondLookIsFound(sql: String, rule: String) {
        #expect(rules(sql) == [rule])
    }

    @Test(arguments: [
        "-- roost: no-transaction\nCREATE INDEX CONCURRENTLY a ON t (b)",
        "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES u (id) NOT VALID",
        "ALTER TABLE t ADD COLUMN b bigint NOT NULL DEFAULT 0", "ALTER TABLE t ADD COLUMN b bigint",
        "CREATE TABLE t (a bigint); CREATE INDEX b ON t (a); ALTER TABLE t ALTER COLUMN a SET NOT NULL",
        "SELECT 'DROP TABLE t' -- DROP TABLE t", "UPDATE t SET b = 1 WHERE b IS NULL",
    ])
    func whatIsSafeIsNot(sql: String) {
        #expect(rules(sql) == [])
    }

    @Test func aReasonLetsAStatementPass() {
        #expect(rules("-- roost: allow drop-column: no version since 3.1 reads it\nALTER TABLE t DROP COLUMN b") == [])
        #expect(rules("-- roost: allow drop-table: not used\nALTER TABLE t DROP COLUMN b") == ["drop-column"])
        #expect(rules("-- roost: allow drop-column:\nALTER TABLE t DROP COLUMN b") == ["drop-column", "drop-column"])
    }
}
