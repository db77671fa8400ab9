import Logging
import Roost

extension Database {
    /// Returns the database with a log of slow statements, at `warning`, with the text of the statement and how long it took. The values are
    /// never logged. A stream of rows is not timed, because its reader decides how long it takes.
    /// - Parameter limit: How long a statement takes that is logged, from the call up to the last row.
    public func logging(slowerThan limit: Duration) -> Database {
        var database = self
        database.slowness = limit
        return database
    }
}

extension Statement {
    /// Runs the statement, counts it if the call's statements are counted, and logs it if it was slow.
    /// - Parameter limit: The time from which on it is slow; `nil` for no log.
    func observed<Result>(_ limit: Duration?, _ run: () async throws -> Result) async throws -> Result {
        StatementCounts.current?.add(text)
        guard let limit else { return try await run() }
        let start = ContinuousClock.now
        defer {
            let duration = start.duration(to: .now)
            if duration >= limit {
                let milliseconds = Int(duration / .milliseconds(1))
                RequestContext.currentLogger.warning("A statement took \(milliseconds) ms: \(text)")
            }
        }
        return try await run()
    }
}
