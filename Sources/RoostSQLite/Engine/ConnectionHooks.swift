import CRoostSQLite

/// What the engine's callbacks on one connection know and record. Like the connection, it is used by one thread at a time.
final class ConnectionHooks {
    /// What a text was refused for.
    enum Refusal {
        /// It begins or ends a transaction or a savepoint.
        case transaction
        /// It changes a setting.
        case setting(String)
    }

    /// Whether the text that is prepared comes from the driver, which begins and ends transactions and changes settings.
    var isTrusted = false
    /// Why the last text was refused.
    private(set) var refusal: Refusal?
    /// Whether a setting of the connection was read or changed since this was reset.
    var hasPragma = false
    /// Whether the statement runs on its caller's thread: it may neither wait for others nor take long.
    private(set) var isInline = false
    /// Whether a statement was given up because it runs inline.
    private(set) var isGivenUp = false
    /// When the statement is ended: at the deadline of the call that runs it. `nil` for never.
    private var deadline: ContinuousClock.Instant?
    /// Whether a statement was ended at its deadline.
    private(set) var isOverdue = false
    /// The number of times that `stepsPerTick` steps were counted since the statement began.
    private(set) var ticks = 0

    /// Waits for others who use the file; see `sqlite3_busy_handler`.
    private let wait: (Int) -> Bool
    private static let stepsPerTick: CInt = 1000

    /// - Parameter wait: Called with the number of earlier calls for the same lock. It waits briefly, or returns `false` to give up.
    init(wait: @escaping (Int) -> Bool) { self.wait = wait }

    /// Starts to count the steps of a statement.
    /// - Parameters:
    ///   - isInline: Whether the statement runs on its caller's thread.
    ///   - deadline: When it is ended, or `nil` for never.
    func begin(inline isInline: Bool, until deadline: ContinuousClock.Instant?) {
        self.isInline = isInline
        self.deadline = deadline
        isGivenUp = false
        isOverdue = false
        ticks = 0
    }

    /// Lets the statement run to its end, however long that takes.
    func liftDeadline() { deadline = nil }

    /// Ends the limits of a statement: what the driver runs afterwards has none.
    func end() {
        isInline = false
        deadline = nil
    }

    /// Registers the callbacks on a connection, which must not outlive this object.
    func install(on database: OpaquePointer) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        sqlite3_busy_handler(database, { ConnectionHooks.hooks($0).waits(Int($1)) ? 1 : 0 }, context)
        sqlite3_set_authorizer(
            database,
            { context, action, name, argument, _, _ in
                ConnectionHooks.hooks(context).allows(action, name, hasArgument: argument != nil) ? SQLITE_OK : SQLITE_DENY
            }, context)
        sqlite3_progress_handler(database, Self.stepsPerTick, { ConnectionHooks.hooks($0).continues() ? 0 : 1 }, context)
    }

    private static func hooks(_ context: UnsafeMutableRawPointer?) -> ConnectionHooks {
        Unmanaged<ConnectionHooks>.fromOpaque(context.unsafelyUnwrapped).takeUnretainedValue()
    }

    private func waits(_ tries: Int) -> Bool {
        if isInline {
            isGivenUp = true
        } else if let deadline, deadline <= .now {
            isOverdue = true
        } else {
            return wait(tries)
        }
        return false
    }

    /// A transaction that a text ended by itself would take those of others that share its commit along, and a setting that it changed
    /// would apply to everyone who uses the connection afterwards.
    private func allows(_ action: CInt, _ name: UnsafePointer<CChar>?, hasArgument: Bool) -> Bool {
        switch action {
        case SQLITE_TRANSACTION, SQLITE_SAVEPOINT:
            if !isTrusted { refusal = .transaction }
            return isTrusted
        case SQLITE_PRAGMA:
            hasPragma = true
            let name = name.map { String(cString: $0) } ?? ""
            guard !isTrusted, !Pragma.isAllowed(name, hasArgument: hasArgument) else { return true }
            refusal = .setting(name)
            return false
        default: return true
        }
    }

    /// The engine counts steps across executions of a statement, so the first call of an execution may come at once.
    private func continues() -> Bool {
        ticks += 1
        if let deadline, deadline <= .now {
            isOverdue = true
            return false
        }
        guard isInline, ticks >= 2 else { return true }
        isGivenUp = true
        return false
    }
}
