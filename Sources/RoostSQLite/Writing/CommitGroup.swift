import Roost
import RoostData

/// Units of work that are committed together, so that they share one synchronization of the disk: each runs in a savepoint of the same
/// transaction, one after another. What they return, and also their errors, is reported after the commit, because it may rest on changes
/// that are not durable before.
///
/// The units that arrive during a commit are the next group, so nothing waits for a group to fill. A group belongs to one thread.
final class CommitGroup {
    /// Reports the end of a unit, with the reason if it was not committed.
    typealias Completion = @Sendable ((any Error)?) -> Void

    struct Member {
        let failure: (any Error)?
        let completion: Completion
    }

    /// The unit whose body runs.
    struct Current {
        let unit: UnitOfWork
        /// Whether it began the transaction, and has no savepoint.
        var isFirst: Bool
        var hasWritten = false
        /// Whether the engine has ended the transaction.
        var isLost = false
        /// The savepoints of its body.
        var savepoints: [String] = []
        /// For how long its body has waited for something other than the database.
        var waited = Duration.zero
    }

    let connection: SQLiteConnection
    private let file: SQLiteFile
    private var others = OtherWriters()
    var members: [Member] = []
    var current: Current?
    private var begun: ContinuousClock.Instant?
    private var holdsLock = false
    /// Whether no further unit may join.
    var isSealed = false
    /// When the commit of the transaction counts as done.
    private var durability: CommitDurability?
    /// Whether foreign keys are turned off, or could not be turned on again.
    private var lacksForeignKeys = false

    let limits: CommitLimits

    init(_ connection: SQLiteConnection, _ file: SQLiteFile, _ limits: CommitLimits) {
        self.connection = connection
        self.file = file
        self.limits = limits
    }

    /// The unit whose body runs, or waits.
    var active: UnitOfWork? { current?.unit }

    /// For how long the body of the current unit has waited for something other than the database, in all.
    var waited: Duration {
        get { current?.waited ?? .zero }
        set { current?.waited = newValue }
    }

    /// Whether nothing has to be finished.
    var isEmpty: Bool { members.isEmpty && !holdsLock }

    /// Returns whether a unit may join.
    func accepts(_ unit: UnitOfWork) -> Bool {
        guard !isEmpty else { return true }
        guard !isSealed, !unit.changesSchema, members.count < limits.units else { return false }
        // The engine has to know before a transaction begins whether it is synchronized with the disk.
        guard durability != .deferred || unit.durability == .deferred else { return false }
        return begun.map { .now - $0 < limits.age } ?? true
    }
}

extension CommitGroup {
    /// Begins a unit.
    /// - Throws: A `Problem` with status 503 if other processes took too long.
    func begin(_ unit: UnitOfWork) throws {
        if !holdsLock {
            var hasWaited = false
            let isTaken = file.lock.take { tries in
                hasWaited = true
                return WriteAheadLog.waitsForOthers(tries)
            }
            if hasWaited { others.wereSeen() }
            guard isTaken else { throw Problem.unavailable("The database is busy.") }
            holdsLock = true
        }
        let isFirst = !connection.isInTransaction
        // Nobody else may change anything without them.
        if lacksForeignKeys, isFirst { try restoreForeignKeys() }
        if unit.changesSchema {
            isSealed = true
            lacksForeignKeys = true
            try connection.enforceForeignKeys(false)
        }
        if isFirst { try beginTransaction(unit.durability) } else { try connection.run(.setSavepoint) }
        if isFirst { others.look(at: try connection.dataVersion()) }
        if begun == nil { begun = .now }
        current = Current(unit: unit, isFirst: isFirst)
    }

    /// Ends a unit. Its end is reported once the group is committed.
    /// - Parameters:
    ///   - unit: The unit.
    ///   - keeping: Whether its changes are kept.
    ///   - completion: Called on the group's thread.
    func end(_ unit: UnitOfWork, keeping: Bool, _ completion: @escaping Completion) {
        guard let ending = current, ending.unit === unit else { return completion(unit.refusal) }
        current = nil
        connection.closeCursors()
        do {
            try settle(ending, keeping: keeping)
            members.append(Member(failure: nil, completion: completion))
        } catch {
            members.append(Member(failure: error, completion: completion))
        }
    }
}

extension CommitGroup {
    /// Commits the group and reports it to its units. `release()` must follow.
    func finish() {
        let failure = commit()
        // If this fails, the next unit tries again.
        if lacksForeignKeys { try? restoreForeignKeys() }
        (begun, isSealed) = (nil, false)
        report(failure)
    }

    /// Keeps the write-ahead log short, and lets other processes write.
    func release() {
        file.log.shorten(connection)
        file.lock.release()
        holdsLock = false
    }

    private func beginTransaction(_ durability: CommitDurability) throws {
        if self.durability != durability {
            self.durability = nil
            try connection.synchronize(durability == .durable ? file.location.durability : .normal)
            self.durability = durability
        }
        try connection.run(.begin)
    }

    private func restoreForeignKeys() throws {
        try connection.enforceForeignKeys(true)
        lacksForeignKeys = false
    }

    /// Commits the others while the current unit waits for something, if it has only read so far. It then continues at the beginning of a
    /// transaction of its own. Other processes cannot write in between.
    func split() {
        guard let waiting = current, !members.isEmpty, !waiting.hasWritten, !waiting.isLost, waiting.savepoints.isEmpty else { return }
        let failure = commit()
        do {
            try beginTransaction(waiting.unit.durability)
            current?.isFirst = true
            begun = .now
        } catch {
            current?.isLost = true
        }
        // It may have read what the others changed.
        if failure != nil { current?.isLost = true }
        report(failure)
    }

    /// Ends the current unit, which has waited for something for too long, so that the others can be committed.
    func expel(_ error: any Error) {
        guard let waiting = current else { return }
        current = nil
        waiting.unit.expel(error)
        connection.closeCursors()
        if connection.isInTransaction { try? rollBack(waiting) }
    }

    /// Lets other processes have their turn if there are any, at the end of a group that others wait behind.
    func pauseForOthers() { others.pause() }

    static var ended: DatabaseError { DatabaseError(.storage, "the engine has ended the transaction") }

    /// - Returns: The reason if it failed.
    private func commit() -> (any Error)? {
        guard connection.isInTransaction else { return nil }
        do {
            try connection.run(.commit)
            return nil
        } catch {
            if connection.isInTransaction { try? connection.run(.rollBack) }
            return error
        }
    }

    private func report(_ failure: (any Error)?) {
        let told = members
        members = []
        for member in told { member.completion(member.failure ?? failure) }
    }

    /// Keeps the changes of a unit until the commit, or undoes them.
    private func settle(_ unit: Current, keeping: Bool) throws {
        guard !unit.isLost, connection.isInTransaction else {
            if keeping { throw Self.ended }
            return
        }
        guard keeping else { return try rollBack(unit) }
        do {
            try checkForeignKeys(unit.unit)
            if !unit.isFirst { return try connection.run(.releaseSavepoint) }
            if let name = unit.savepoints.first { try connection.run(.release, named: name) }
        } catch {
            try rollBack(unit)
            throw error
        }
    }

    /// A violation that was found at the commit would fail everyone's.
    private func checkForeignKeys(_ unit: UnitOfWork) throws {
        if unit.changesSchema { return try connection.checkForeignKeys() }
        guard !connection.hasDeferredViolations else { throw DatabaseError(.foreignKeyViolation, "FOREIGN KEY constraint failed") }
    }

    private func rollBack(_ unit: Current) throws {
        do {
            if unit.isFirst { return try connection.run(.rollBack) }
            try connection.run(.rollBackToSavepoint)
            try connection.run(.releaseSavepoint)
        } catch {
            if connection.isInTransaction { try? connection.run(.rollBack) }
            lose(error)
        }
    }

    /// Reports that the engine has ended the transaction, and with it the units that had run before.
    func lose(_ cause: any Error) {
        current?.isLost = true
        report(LostCommit(cause: cause))
    }
}

/// The engine ended a transaction that several units shared, because of one of them. The others can be run again.
struct LostCommit: Error {
    let cause: any Error
}
