import RoostSQLite
import RoostSystemTesting

/// Runs work on a new store in a file of its own.
func withStore(_ body: (SQLiteStore) async throws -> Void) async throws {
    let folder = try TemporaryFolder()
    let store = try await SQLiteStore.open(folder.databaseURL())
    try await body(store)
    await store.close()
}
