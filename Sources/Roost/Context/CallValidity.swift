/// How long a call may go on: as long as its caller's credentials are valid.
///
/// The credentials of an ordinary call are checked before it. A call that replies with a stream ends as soon as they are no longer valid.
public struct CallValidity: Sendable {
    private let wait: @Sendable () async throws -> Problem

    /// Creates a validity.
    /// - Parameter wait: Returns once the call must end, with the problem to tell its caller; throws if its task is cancelled.
    public init(until wait: @escaping @Sendable () async throws -> Problem) { self.wait = wait }

    /// Waits until the call must end.
    /// - Returns: The problem to tell its caller.
    func end() async throws -> Problem { try await wait() }
}
