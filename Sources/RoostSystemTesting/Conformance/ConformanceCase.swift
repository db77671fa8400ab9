/// A requirement that every driver of a kind must meet. Run a suite of them as a parameterized test:
///
/// ```swift
/// @Test(arguments: KeyValueStoreConformance.cases) func conforms(_ requirement: ConformanceCase<any KeyValueStore>) async throws {
///     try await requirement.check(MyStore())
/// }
/// ```
public struct ConformanceCase<Subject: Sendable>: Sendable, CustomStringConvertible {
    /// The requirement in words, such as "lets entries expire".
    public let description: String
    private let body: @Sendable (Subject) async throws -> Void

    init(_ description: String, _ body: @escaping @Sendable (Subject) async throws -> Void) {
        self.description = description
        self.body = body
    }

    /// Checks the requirement.
    /// - Parameter subject: A new, empty instance that nothing else uses.
    /// - Throws: A `ConformanceFailure` if the requirement is not met; whatever the driver throws.
    public func check(_ subject: Subject) async throws { try await body(subject) }
}

/// An error that says which requirement a driver does not meet.
public struct ConformanceFailure: Error, CustomStringConvertible {
    /// The requirement, and the line of the suite that checks it.
    public let description: String
}

func require(_ condition: Bool, _ description: String, line: Int = #line) throws(ConformanceFailure) {
    guard condition else { throw ConformanceFailure(description: "\(description) (line \(line) of the suite)") }
}
