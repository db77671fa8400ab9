public import Roost

/// Bounds the runs of a workflow over all processes that share the database: how many there are at a time, and how many start within a time.
///
/// ```swift
/// struct Mailing: Workflow {
///     static let name = "mailing"
///     static let queue: WorkflowQueue<Letter>? = WorkflowQueue("mail", concurrency: 10, rate: 600, per: .seconds(60), by: \.tenant)
/// ```
///
/// A run waits until there is a place for it. It keeps its place until it has ended, also while it sleeps, waits, or is taken over from a process
/// that died; a run that is stuck or has diverged does not take one. With `by`, each value has bounds of its own, so nobody's runs wait for those of
/// somebody else. Runs with the same value start in the order in which they were added.
///
/// A run that waits for other runs should be in another queue than these: they could otherwise wait for its place.
public struct WorkflowQueue<Input: Schema>: Sendable {
    let limits: QueueLimits
    let value: (@Sendable (Input) -> String)?

    /// Creates a queue.
    /// - Parameters:
    ///   - name: The name, unique in the service's database. Workflows with the same queue share its places, and must declare the same bounds.
    ///   - concurrency: The largest number of runs at a time, at least 1; `nil` for any number.
    ///   - rate: The largest number of runs that start within `window`, at least 1; `nil` for any number.
    ///   - window: The time for which `rate` counts.
    ///   - value: What each value of has bounds of its own, such as the tenant; by default, all runs share them.
    public init(
        _ name: String, concurrency: Int? = nil, rate: Int? = nil, per window: Duration = .seconds(1),
        by value: (@Sendable (Input) -> String)? = nil
    ) {
        limits = QueueLimits(
            name: name, concurrency: concurrency.map { max(1, $0) }, rate: rate.map { max(1, $0) }, window: max(.zero, window))
        self.value = value
    }

    /// The place that a run needs.
    func place(for input: Input) -> QueuePlace { QueuePlace(queue: limits.name, value: value?(input) ?? "") }
}

/// The bounds of a queue.
struct QueueLimits: Hashable, Sendable {
    let name: String
    let concurrency: Int?
    let rate: Int?
    let window: Duration
}

/// The place in a queue that a run waits for before it starts.
struct QueuePlace: Sendable {
    let queue: String
    /// What the bounds are counted by.
    let value: String
}
