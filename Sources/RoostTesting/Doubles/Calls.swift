/// Records the calls of a function of a double, with their arguments.
///
/// ```swift
/// let charges = Calls<PaymentRequest>()
/// let payments = PaymentsAPIDouble(charge: charges.recording { request in Payment(orderId: request.orderId, status: .captured) })
/// …
/// #expect(charges.all.map(\.orderId) == [order.id])
/// ```
///
/// The type's parameters are those of the function; several arguments are recorded as a tuple.
public final class Calls<each Argument: Sendable>: Sendable {
    private let calls = Observed<[(repeat each Argument)]>([])

    /// Creates a record without calls.
    public init() {}

    /// The arguments of all calls so far, in order.
    public var all: [(repeat each Argument)] { calls.read { $0 } }

    /// The number of calls so far.
    public var count: Int { calls.read { $0.count } }

    /// Records a call.
    public func record(_ argument: repeat each Argument) { calls.change { $0.append((repeat each argument)) } }

    /// Returns a closure that records each call and then answers it.
    /// - Parameter answer: Answers a call.
    public func recording<Reply>(
        _ answer: @escaping @Sendable (repeat each Argument) async throws -> Reply
    ) -> @Sendable (repeat each Argument) async throws -> Reply {
        { (argument: repeat each Argument) in
            self.record(repeat each argument)
            return try await answer(repeat each argument)
        }
    }

    /// Waits for calls.
    /// - Parameters:
    ///   - count: The number of calls to wait for, beginning with the first one.
    ///   - limit: How long to wait.
    /// - Returns: The arguments of all calls so far, at least `count` of them.
    /// - Throws: An `OverdueError` if there are fewer calls in time.
    @discardableResult
    public func wait(for count: Int, within limit: Duration = .seconds(30)) async throws -> [(repeat each Argument)] {
        try await calls.wait(for: "call \(count)", within: limit) { $0.count >= count ? $0 : nil }
    }
}
