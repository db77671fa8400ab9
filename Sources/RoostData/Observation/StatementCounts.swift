import Roost
import Synchronization

/// The statements of one call, by their texts.
final class StatementCounts: Sendable {
    private let texts = Mutex<[String: Int]>([:])

    /// Those of the current call, if they are counted.
    @TaskLocal static var current: StatementCounts?

    func add(_ text: String) { texts.withLock { $0[text, default: 0] += 1 } }

    /// How often each text ran.
    var all: [String: Int] { texts.withLock { $0 } }
}

/// Counts the statements of each call, and warns about a statement that runs again and again in one call, for example once for each row of
/// another query. It is meant for development, and for tests.
///
/// The number of statements is logged at `debug`, and the warning names the text of the statement, which contains no values.
public struct StatementCountInterceptor: Interceptor {
    private let limit: Int

    /// Creates an interceptor.
    /// - Parameter limit: How often a statement may run in one call before there is a warning.
    public init(warningAfter limit: Int = 4) { self.limit = limit }

    /// Makes the call, and logs what it has run.
    public func intercept<Reply: Sendable>(
        _ call: CallInfo, _ next: @escaping @Sendable (CallInfo) async throws -> Reply
    ) async throws -> Reply {
        if call.direction == .outbound { return try await next(call) }
        let counts = StatementCounts()
        defer { report(counts.all, of: call.context) }
        return try await StatementCounts.$current.withValue(counts) { try await next(call) }
    }

    private func report(_ counts: [String: Int], of context: RequestContext) {
        guard !counts.isEmpty else { return }
        let total = counts.values.reduce(0, +)
        context.logger.debug("\(total) statements", metadata: context.logMetadata(["statements": "\(total)"]))
        for (text, count) in counts.sorted(by: { $0.key < $1.key }) where count > limit {
            context.logger.warning(
                "A statement ran \(count) times in one call. Read the rows together, with including, join or isIn: \(text)",
                metadata: context.logMetadata())
        }
    }
}
