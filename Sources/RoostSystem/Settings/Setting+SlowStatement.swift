import Roost

extension Setting where Value == Int {
    /// `SLOW_STATEMENT_MS`, the time from which on a statement of a database is logged as slow.
    static var slowStatement: Setting {
        Setting(
            "SLOW_STATEMENT_MS", allowed: 0...86_400_000, default: 1_000,
            purpose: "Statements that take this many milliseconds or longer are logged as slow.")
    }
}
