/// Holds the calls of a double until a test lets them go.
///
/// ```swift
/// let gate = Gate()
/// let payments = PaymentsAPIDouble(charge: { request in
///     try await gate.pass()
///     return Payment(orderId: request.orderId, status: .captured)
/// })
/// …
/// gate.open()
/// ```
public final class Gate: Sendable {
    private let state = Observed(false)

    /// Creates a closed gate.
    public init() {}

    /// Whether the gate is open.
    public var isOpen: Bool { state.read { $0 } }

    /// Opens the gate for all calls, those that wait and later ones.
    public func open() { state.change { $0 = true } }

    /// Waits until the gate is open.
    /// - Throws: A `CancellationError` if the task is cancelled first.
    public func pass() async throws { try await state.wait(for: "the gate", within: nil) { $0 ? () : nil } }
}
