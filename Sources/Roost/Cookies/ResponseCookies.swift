import Synchronization

/// The cookies that are set with the response of one call.
package final class ResponseCookies: Sendable {
    private let cookies = Mutex<[SetCookie]>([])

    init() {}

    /// Adds a cookie. A later one takes the place of an earlier one that the browser could not tell from it (RFC 6265bis §4.1.1).
    func set(_ cookie: SetCookie) {
        cookies.withLock { cookies in
            cookies.removeAll { $0.name == cookie.name && $0.path == cookie.path && $0.domain == cookie.domain }
            cookies.append(cookie)
        }
    }

    /// Adds the cookies to a response, which is then for its client alone: no cache may keep what depends on a cookie.
    func add(to response: inout Response) {
        let cookies = cookies.withLock { $0 }
        for cookie in cookies { response.headers.add("set-cookie", cookie.text) }
        if !cookies.isEmpty || response.headers["cache-control"] == nil { response.headers["cache-control"] = "no-store" }
    }
}

extension RequestContext {
    /// Sets a cookie with the response of this call, if the call succeeds.
    ///
    /// It takes effect only on routes that declare `cookies`, and is ignored on others. A call of another service in this process has no response
    /// that could set one.
    public func set(_ cookie: SetCookie) { responseCookies?.set(cookie) }
}
