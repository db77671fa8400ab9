import Logging
import Roost

extension Database {
    /// Returns the database with a log of slow statements, at `warning`, with the text of the statement and how long it took. The values are
    /// never logged. A stream of rows is not timed, because its reader decides how long it takes.
    /// - Parameter limit: The duration from which on a statement is logged, from the call up to the last row.
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
        return try await timed(limit, run) { "A statement took \($0) ms: \(text)" }
    }
}

extension [Statement] {
    /// Runs the statements together, counts each text once, because they took one exchange, if the call's statements are counted, and logs them if they were slow.
    /// - Parameter limit: The time from which on they are slow; `nil` for no log.
    func observed<Result>(_ limit: Duration?, _ run: () async throws -> Result) async throws -> Result {
        if let counts = StatementCounts.current { for statement in Set(map(\.text)) { counts.add(statement) } }
        return try await timed(limit, run) { "\(count) statements took \($0) ms together. The first is: \(first?.text ?? "")" }
    }
}

/// Runs something, and logs it if it took at least as long as the limit.
/// - Parameter message: Returns the line for a number of milliseconds.
private func timed<Result>(_ limit: Duration?, _ run: () async throws -> Result, _ message: (Int) -> String) async throws -> Result {
    guard let limit else { return try await run() }
    let start = ContinuousClock.now
    defer {
        let duration = start.duration(to: .now)
        if duration >= limit { RequestContext.currentLogger.warning("\(message(Int(duration / .milliseconds(1))))") }
    }
    return try await run()
}
