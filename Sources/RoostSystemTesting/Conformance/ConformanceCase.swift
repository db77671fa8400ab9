import Roost

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

/// Requires that an operation is refused.
/// - Parameters:
///   - code: The code of the `DatabaseError`, or `nil` for any.
///   - description: The requirement.
func refuses(
    _ code: DatabaseError.Code?, _ description: String, line: Int = #line, _ body: () async throws -> Void
) async throws {
    do {
        try await body()
    } catch let error as DatabaseError {
        return try require(
            code == nil || error.code == code, "\(description), with the code \(code?.rawValue ?? "") and not \(error)", line: line)
    }
    try require(false, description, line: line)
}
