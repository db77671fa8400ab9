public import Roost

/// Limits the runs of a workflow, over all processes that share the database: how many there are at a time, and how many start within a time.
///
/// ```swift
/// struct Mailing: Workflow {
///     static let name = "mailing"
///     static let queue: WorkflowQueue<Letter>? = WorkflowQueue("mail", concurrency: 10, rate: 600, per: .seconds(60), by: \.tenant)
/// ```
///
/// A run waits until there is a place for it. It keeps its place until it has ended, even while it sleeps, waits, or is taken over from a process
/// that died. A run that is stuck or has diverged does not count. With `by`, each value has limits of its own, so that the runs of one tenant do
/// not wait for those of another. Runs with the same value start in the order in which they were added.
///
/// A run that waits for its children should not be in the same queue as they are: they might wait for its place.
public struct WorkflowQueue<Input: Schema>: Sendable {
    let limits: QueueLimits
    let value: (@Sendable (Input) -> String)?

    /// Creates a queue.
    /// - Parameters:
    ///   - name: The name, unique in the service's database. Workflows with the same queue share its places, and must declare the same limits.
    ///   - concurrency: The largest number of runs at a time, at least 1; `nil` for any number.
    ///   - rate: The largest number of runs that start within `window`, at least 1; `nil` for any number.
    ///   - window: The time within which at most `rate` runs start.
    ///   - value: Returns a part of the input, such as the tenant. Each of its values has limits of its own. By default, all runs share the limits.
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

/// The limits of a queue.
struct QueueLimits: Hashable, Sendable {
    let name: String
    let concurrency: Int?
    let rate: Int?
    let window: Duration
}

/// The place in a queue that a run waits for before it starts.
struct QueuePlace: Sendable {
    let queue: String
    /// The value whose limits apply.
    let value: String
}
