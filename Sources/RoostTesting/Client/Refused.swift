public import Roost

/// Returns a predicate that is true for a `Problem` with this status.
///
/// ```swift
/// await #expect(performing: { try await orders.order(id: id) }, throws: refused(with: .notFound))
/// ```
public func refused(with status: Status) -> @Sendable (any Error) -> Bool {
    { ($0 as? Problem)?.status == status }
}
