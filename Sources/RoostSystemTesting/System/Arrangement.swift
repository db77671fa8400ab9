/// How the services of a system under test are spread over processes.
///
/// Both arrangements run in the test's own process. Run a suite's cases in each of them:
///
/// ```swift
/// @Test(arguments: Arrangement.allCases) func anOrderIsConfirmed(_ arrangement: Arrangement) async throws {
///     try await TestSystem.run(arrangement: arrangement) {
///         OrdersService()
///         PaymentsService()
///     } test: { system in
///         …
///     }
/// }
/// ```
public enum Arrangement: CaseIterable, Sendable {
    /// All services share one process: they call one another directly.
    case together
    /// Each service runs as if in a process of its own: they share no object, and call one another over the loopback interface.
    case apart
}
