import Roost
import RoostTesting

/// Whether an error says that the store cannot be reached now.
func isUnavailable(_ error: any Error) -> Bool {
    guard let problem = error as? Problem else { return false }
    return problem.status == .unavailable && problem.headers["retry-after"] != nil
}

/// Repeats an operation until the store can be reached.
@discardableResult
func healed<Value>(_ body: () async throws -> Value) async throws -> Value {
    try await eventually("the store can be reached", within: .seconds(100)) { () -> Value? in
        do { return try await body() } catch  where isUnavailable(error) { return nil }
    }
}
