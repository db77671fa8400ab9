import Roost

/// A call under an idempotency key, with its body whole.
struct KeyedCall: Sendable {
    /// The call, whose context has the key.
    let call: CallInfo
    /// Names and encrypts what is stored under the key.
    let seal: ResponseSeal
    /// Identifies the request among those under the key.
    let fingerprint: String

    /// - Returns: `nil` if the call is not written, has no key, or is made by someone who is not signed in and cannot be told from others.
    /// - Throws: A `Problem` with status 400 if the key is malformed, or 413 if the body is too large.
    init?(_ call: CallInfo) async throws {
        guard let request = call.request, let key = request.headers["idempotency-key"], let caller = Self.caller(call.context) else {
            return nil
        }
        guard (1...255).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw Problem(.badRequest, "Idempotency-Key must be 1 to 255 visible ASCII characters.")
        }
        var settled = try await request.settled(for: call.route)
        let body = try await settled.body.collect(upTo: call.route.bodyLimit)
        settled.body = .bytes(body)
        let words = [settled.codec?.name ?? "", settled.path, settled.query, settled.headers["content-type"] ?? ""]
        seal = ResponseSeal(key: key, caller: caller, operation: call.route.operation)
        fingerprint = seal.fingerprint(of: words, body)
        var keyed = call
        keyed.request = settled
        keyed.context.idempotencyKey = key
        self.call = keyed
    }

    /// Returns whom a key belongs to, or `nil` if the caller is not signed in.
    private static func caller(_ context: RequestContext) -> String? {
        switch context.principal.kind {
        case .anonymous: nil
        case .account: "account " + context.principal.id
        case .service: "service " + context.principal.id
        }
    }
}
