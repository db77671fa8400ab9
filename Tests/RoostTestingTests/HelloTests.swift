import RoostTesting
import Testing

@testable import hello

/// The example in the README, as its readers test it.
struct HelloTests {
    @Test func greets() async throws {
        try await Hello().test { client in
            let response = try await client.send(.get, "/hello/Ada")
            #expect(response.status == .ok && response.text == "Hello, Ada!")
        }
    }
}
