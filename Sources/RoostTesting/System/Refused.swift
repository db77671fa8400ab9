public import Roost

/// Whether an error is the `Problem` with this status that a test expects.
///
/// ```swift
/// await #expect(performing: { try await orders.order(id: id) }, throws: refused(with: .notFound))
/// ```
public func refused(with status: Status) -> @Sendable (any Error) -> Bool {
    { ($0 as? Problem)?.status == status }
}
