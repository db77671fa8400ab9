public import Roost
import Synchronization

/// Sends requests as a browser does: it keeps the cookies that responses set, and sends them with the requests that follow.
///
/// ```swift
/// let browser = BrowserTestClient(over: client)
/// _ = try await browser.send(.post, "/sign-in", json: credentials)
/// let response = try await browser.send(.get, "/me")
/// ```
///
/// Only names, values and the lifetime zero matter: it sends every cookie with every request, whatever the path and over any connection.
public final class BrowserTestClient: TestClientProtocol {
    private let client: any TestClientProtocol
    private let kept: Mutex<[String: String]>

    /// Creates a browser.
    /// - Parameters:
    ///   - client: Sends the requests.
    ///   - cookies: The values of the cookies that the browser already has, by their names.
    public init(over client: any TestClientProtocol, cookies: [String: String] = [:]) {
        self.client = client
        kept = Mutex(cookies)
    }

    /// The values of the cookies, by their names.
    public var cookies: [String: String] {
        get { kept.withLock { $0 } }
        set { kept.withLock { $0 = newValue } }
    }

    /// Sends a request with the cookies, unless it has some of its own, and returns the response, whatever its status.
    public func respond(to request: Request) async throws -> Response {
        var request = request
        let pairs = cookies.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        if !pairs.isEmpty, request.headers["cookie"] == nil { request.headers["cookie"] = pairs.joined(separator: "; ") }
        let response = try await client.respond(to: request)
        for line in response.headers.values("set-cookie") { take(line) }
        return response
    }

    private func take(_ line: String) {
        let parts = line.split(separator: ";").map { $0.drop { $0 == " " } }
        guard let pair = parts.first?.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false), pair.count == 2 else { return }
        let isRemoved = parts.dropFirst().contains { $0.lowercased() == "max-age=0" }
        kept.withLock { $0[String(pair[0])] = isRemoved ? nil : String(pair[1]) }
    }
}
