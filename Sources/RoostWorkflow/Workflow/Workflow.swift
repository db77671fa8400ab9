public import Roost

/// Work in several steps that survives crashes. What each step returned is recorded in the service's database, and a process that takes a run
/// over continues after the last recorded step.
///
/// ```swift
/// struct OrderFlow: Workflow {
///     static let name = "orders.flow"
///     let catalog: any CatalogAPI
///     let payments: any PaymentsAPI
///
///     func run(_ order: PlacedOrder, in run: Run) async throws -> OrderStatus {
///         try await run.step("reserve") { try await catalog.reserve(order.goods) } undo: { try await catalog.release(order.id) }
///         let payment = try await run.step("charge", within: .seconds(15)) { try await payments.charge(order.charge) }
///             undo: { try await payments.refund(order.id) }
///         guard payment.isCaptured else { throw run.end(OrderStatus.declined) }
///         return .confirmed
///     }
/// }
/// ```
///
/// A run that continues is run again from its beginning, and its recorded steps return what they returned before. So the code around the
/// steps must take the same path again: what depends on the time, on chance, on the network or on a database belongs in a step. A run that takes
/// another path stops with the status `diverged` before it does anything. Steps that child tasks ask for have no order, so a new one among them
/// runs, and a recorded one that is not asked for is noticed only at the end of the run.
public protocol Workflow: Sendable {
    /// The input of a run.
    associatedtype Input: Schema
    /// The result of a run.
    associatedtype Output: Schema

    /// The name, unique in the service's database and never changed.
    static var name: String { get }
    /// The version. A change of the steps needs a new one; the earlier type stays registered until its last run has ended.
    static var version: Int { get }
    /// The queue that limits the runs; by default `nil`, so that only the number that each process works on at once is limited.
    static var queue: WorkflowQueue<Input>? { get }

    /// Runs the workflow.
    /// - Parameters:
    ///   - input: What the run was started with.
    ///   - run: The run, whose functions record the steps.
    /// - Returns: The result of the run.
    /// - Throws: `run.end(_:)` to end with a result after everything is undone. After another permanent error, everything is undone and the run
    ///   has failed. After a transient one, the run is tried again.
    func run(_ input: Input, in run: Run) async throws -> Output
}

extension Workflow {
    /// `1`.
    public static var version: Int { 1 }
    /// `nil`.
    public static var queue: WorkflowQueue<Input>? { nil }
}

/// A message to a run. The run receives it with `Run.signal(_:key:until:)`.
public protocol WorkflowSignal: Schema {
    /// The name, unique among the signals of a workflow and never changed.
    static var name: String { get }
}
