import Roost
import RoostData

/// The attempts at a job that were made before it was added to its queue.
package struct EarlierAttempts: Sendable {
    /// The number of attempts.
    package var attempts = 0
    /// The number of attempts during which the process died.
    package var crashes = 0
    /// The pause before the next attempt; `nil` for none.
    package var pause: Duration?
    /// Why the last attempt failed.
    package var reason: String?
    /// Whether there is no further attempt, so that the job is dead.
    package var isOver = false
    /// Whether its death keeps the later jobs of its key waiting until somebody decides.
    package var holdsKey = false

    /// Creates the record of a job that was not tried before.
    package init() {}
}

extension EarlierAttempts {
    static let columns: SQL = "state, due_at, attempts, is_retry, crashes, holds_key, reason, ended_at"

    /// The values of `columns`.
    /// - Parameters:
    ///   - due: The time of the first attempt, if there is no pause.
    ///   - now: The current time.
    func values(due: SQL, now: SQL) -> SQL {
        let isHeld = isOver && holdsKey
        let state = isOver && !isHeld ? "dead" : "waiting"
        let next: SQL = if isHeld { "\(JobTime.never)" } else if let pause { "\(now) + \(pause.milliseconds)" } else { due }
        let end: SQL = isOver ? now : "NULL"
        return "\(state), \(next), \(attempts), \(attempts > 0 ? 1 : 0), \(crashes), \(holdsKey ? 1 : 0), \(reason), \(end)"
    }
}
