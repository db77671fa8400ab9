import Roost
import Synchronization

/// The faults that are found while services are assembled concurrently, so that all of them are reported at once.
final class StartFaults: Sendable {
    private struct State {
        var lines: Set<String> = []
        var databases: Set<String> = []
        /// The first error that is not about the configuration.
        var failure: (any Error)?
    }

    private let state = Mutex(State())

    func add(_ faults: [String]) { state.withLock { $0.lines.formUnion(faults) } }

    /// Records that a service could not be assembled. Services that wait for it fail with the same error, whose lines are reported once.
    func add(_ error: any Error) {
        if let error = error as? ConfigurationError { return add(error.faults) }
        state.withLock { $0.failure = $0.failure ?? error }
    }

    /// Records that a service opens its database. Its parts share one.
    func addDatabase(of service: String) {
        state.withLock { state in
            if !state.databases.insert(service).inserted {
                state.lines.insert("\(service) opens its database twice: open it once, and pass it on")
            }
        }
    }

    /// Checks that nothing was found.
    /// - Parameter declared: The faults of the system's declaration.
    /// - Throws: A `ConfigurationError` with one line for each fault of the configuration, or else the first other error, which may only be
    ///   a consequence of these faults.
    func check(with declared: [String]) throws {
        let (lines, failure) = state.withLock { ($0.lines, $0.failure) }
        try ConfigurationError.check(declared + lines.sorted())
        if let failure { throw failure }
    }
}
