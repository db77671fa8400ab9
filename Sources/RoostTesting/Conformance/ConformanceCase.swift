/// One thing that every driver of a kind must do. A suite of them is run as a parameterised test.
public struct ConformanceCase<Subject: Sendable>: Sendable, CustomStringConvertible {
    public let description: String
    private let body: @Sendable (Subject) async throws -> Void

    init(_ description: String, _ body: @escaping @Sendable (Subject) async throws -> Void) {
        self.description = description
        self.body = body
    }

    /// - Parameter subject: fresh, and used by nobody else.
    /// - Throws: a `ConformanceFailure` where the driver does not do it; whatever the driver throws.
    public func check(_ subject: Subject) async throws { try await body(subject) }
}

/// What a driver does not do.
public struct ConformanceFailure: Error, CustomStringConvertible {
    public let description: String
}

func require(_ condition: Bool, _ description: String, line: Int = #line) throws(ConformanceFailure) {
    guard condition else { throw ConformanceFailure(description: "\(description) (line \(line) of the suite)") }
}
