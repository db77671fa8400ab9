import Roost
import Synchronization

/// A transaction in progress. Others see its changes after the commit, either all of them or none.
public struct Transaction: Sendable {
    let database: ObjectIdentifier
    /// The clock of the database.
    public let clock: any ServiceClock
    private let session: any DatabaseSession
    private let system: String
    private let state = State()

    /// - Parameters:
    ///   - system: The name of the engine, for the spans of the statements.
    ///   - clock: The clock of the database.
    init(_ session: any DatabaseSession, database: ObjectIdentifier, system: String, clock: any ServiceClock) {
        self.clock = clock
        self.session = session
        self.database = database
        self.system = system
    }

    /// Runs a statement.
    /// - Returns: The number of rows that were inserted, updated or deleted.
    /// - Throws: A `DatabaseError`. The transaction can continue.
    @discardableResult
    public func execute(_ sql: SQL) async throws -> Int { try await run(sql).changes }

    /// Returns all rows of a statement.
    /// - Throws: A `DatabaseError`. The transaction can continue.
    public func query(_ sql: SQL) async throws -> [ResultRow] { try await run(sql).rows }

    /// Returns the first row of a statement, or `nil` if there is none.
    /// - Throws: A `DatabaseError`. The transaction can continue.
    public func first(_ sql: SQL) async throws -> ResultRow? { try await query(sql).first }

    /// Runs an action after the commit. It does not run after a rollback.
    public func onCommit(_ action: @escaping @Sendable () -> Void) { state.actions.withLock { $0.append(action) } }

    /// The open transaction of the current task.
    @TaskLocal static var current: Transaction?

    /// Runs several statements of trusted text, separated by semicolons.
    func run(script: String) async throws {
        try checkOpen()
        try await session.run(script: script)
    }

    private func run(_ sql: SQL) async throws -> DatabaseResult {
        try checkOpen()
        return try await withCallSpan(sql.operation, .client, ["db.system.name": system]) { try await session.run(sql) }
    }

    private func checkOpen() throws {
        guard isOpen else { throw DatabaseError(.closed, "the transaction is over") }
    }

    var isOpen: Bool { state.isOpen.load(ordering: .acquiring) }

    /// Ends the transaction for code that still refers to it.
    func end() { state.isOpen.store(false, ordering: .releasing) }

    func committed() {
        for action in state.actions.withLock({ $0 }) { action() }
    }

    private final class State: Sendable {
        let isOpen = Atomic(true)
        let actions = Mutex<[@Sendable () -> Void]>([])
    }
}
