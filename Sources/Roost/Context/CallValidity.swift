/// For how long a call may go on: as long as what its caller showed of itself is good. A call whose answer comes at once was checked
/// before it; one whose answer is a stream ends when this does.
public struct CallValidity: Sendable {
    private let wait: @Sendable () async throws -> Problem

    /// - Parameter wait: returns once the call may not go on, with what its caller is told; throws where its task is cancelled.
    public init(until wait: @escaping @Sendable () async throws -> Problem) { self.wait = wait }

    /// Waits until the call may not go on.
    /// - Returns: what its caller is told.
    func end() async throws -> Problem { try await wait() }
}
