import Roost
import Synchronization

/// A transaction under way: what it changes is seen by others once it commits, wholly or not at all.
public struct Transaction: Sendable {
    let database: ObjectIdentifier
    private let session: any DatabaseSession
    private let state = State()

    init(_ session: any DatabaseSession, database: ObjectIdentifier) {
        self.session = session
        self.database = database
    }

    /// Runs a statement.
    /// - Returns: how many rows were inserted, updated or deleted.
    /// - Throws: a `DatabaseError`; the transaction may go on.
    @discardableResult
    public func execute(_ sql: SQL) async throws -> Int { try await run(sql).changes }

    /// The rows that a statement gives, all of them.
    /// - Throws: a `DatabaseError`; the transaction may go on.
    public func query(_ sql: SQL) async throws -> [Row] { try await run(sql).rows }

    /// The first row that a statement gives.
    /// - Throws: a `DatabaseError`; the transaction may go on.
    public func first(_ sql: SQL) async throws -> Row? { try await query(sql).first }

    /// Has `action` run once the transaction is committed; it does not run after a rollback.
    public func onCommit(_ action: @escaping @Sendable () -> Void) { state.actions.withLock { $0.append(action) } }

    /// The transaction of this task that is still open.
    @TaskLocal static var current: Transaction?

    /// Runs several statements of trusted text, separated by semicolons.
    func run(script: String) async throws {
        try checkOpen()
        try await session.run(script: script)
    }

    private func run(_ sql: SQL) async throws -> DatabaseResult {
        try checkOpen()
        return try await session.run(sql)
    }

    private func checkOpen() throws {
        guard isOpen else { throw DatabaseError(.closed, "the transaction is over") }
    }

    var isOpen: Bool { state.isOpen.load(ordering: .acquiring) }

    /// Ends the transaction for those who still hold it.
    func end() { state.isOpen.store(false, ordering: .releasing) }

    func committed() {
        for action in state.actions.withLock({ $0 }) { action() }
    }

    private final class State: Sendable {
        let isOpen = Atomic(true)
        let actions = Mutex<[@Sendable () -> Void]>([])
    }
}
