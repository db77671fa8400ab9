/// Waits until a closure returns a value, calling it every 10 milliseconds.
/// - Parameters:
///   - what: What the test waits for, in the words of the error.
///   - limit: How long to wait.
///   - value: Returns `nil` as long as there is no value yet.
/// - Returns: The first value.
/// - Throws: An `OverdueError` if there is no value in time; whatever `value` throws.
@discardableResult
public func eventually<Value>(
    _ what: String, within limit: Duration = .seconds(30), _ value: () async throws -> Value?
) async throws -> Value {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
        if let value = try await value() { return value }
        try await Task.sleep(for: .milliseconds(10))
    }
    throw OverdueError(description: "\(what) did not happen within \(limit)")
}

/// Waits until a condition holds, checking it every 10 milliseconds.
/// - Parameters:
///   - what: What the test waits for, in the words of the error.
///   - limit: How long to wait.
///   - holds: Returns whether the condition holds.
/// - Throws: An `OverdueError` if the condition does not hold in time; whatever `holds` throws.
public func eventually(_ what: String, within limit: Duration = .seconds(30), _ holds: () async throws -> Bool) async throws {
    try await eventually(what, within: limit) { try await holds() ? true : nil }
}

/// An error that says what a test waited for in vain.
public struct OverdueError: Error, CustomStringConvertible {
    /// What did not happen, and how long the test waited.
    public let description: String
}
