/// The settings of the engine that the statements of an application may read and change (https://www.sqlite.org/pragma.html).
///
/// The driver relies on the others: on the write-ahead log and its checkpoints, on synchronization with the disk, on foreign keys and checks,
/// and on its own way of waiting for other processes. A setting also lasts longer than the transaction, and connections are shared.
enum Pragma {
    /// What takes an argument and changes nothing, or only what belongs to the application.
    private static let allowed: Set<String> = [
        "analysis_limit", "application_id", "defer_foreign_keys", "foreign_key_check", "foreign_key_list", "index_info", "index_list",
        "index_xinfo", "integrity_check", "optimize", "quick_check", "table_info", "table_list", "table_xinfo", "user_version",
    ]
    /// What has an effect without an argument.
    private static let refused: Set<String> = ["incremental_vacuum", "wal_checkpoint"]

    /// Returns whether a statement of an application may name a setting.
    /// - Parameters:
    ///   - name: The name, in any case.
    ///   - hasArgument: Whether the statement has an argument; without one, it reads the setting.
    static func isAllowed(_ name: String, hasArgument: Bool) -> Bool {
        let name = name.lowercased()
        return hasArgument ? allowed.contains(name) : !refused.contains(name)
    }
}
