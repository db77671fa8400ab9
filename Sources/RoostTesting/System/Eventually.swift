/// Asks until there is an answer.
/// - Parameters:
///   - what: what is waited for, for the failure.
///   - limit: how long to ask.
///   - value: gives `nil` for as long as there is no answer.
/// - Throws: an `OverdueError` where there is none in time; whatever `value` throws.
@discardableResult
public func eventually<Value>(
    _ what: String, within limit: Duration = .seconds(30), _ value: () async throws -> Value?
) async throws -> Value {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
        if let value = try await value() { return value }
        try await Task.sleep(for: .milliseconds(10))
    }
    throw OverdueError(description: "\(what) did not come about within \(limit)")
}

/// Asks until something holds; see the other `eventually`.
public func eventually(_ what: String, within limit: Duration = .seconds(30), _ holds: () async throws -> Bool) async throws {
    try await eventually(what, within: limit) { try await holds() ? true : nil }
}

/// Something that a test waited for did not come about.
public struct OverdueError: Error, CustomStringConvertible {
    public let description: String
}
