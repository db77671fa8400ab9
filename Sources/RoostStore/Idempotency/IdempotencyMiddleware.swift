import Crypto
import Roost

/// Makes a POST that bears an `Idempotency-Key` safe to repeat (draft-ietf-httpapi-idempotency-key-header).
///
/// The same key and body get the first answer again, marked `idempotency-replayed: true`. The same key with another body is a 422;
/// while the first is under way, a 409 with `Retry-After`. A key counts for one caller, method and path. Answers of 500 and above,
/// 401, 403 and 429 are not kept, as they say nothing about the request itself; nor are streams.
///
/// A process that dies between the handler's commit and the keeping of the answer leaves no answer: the repeated request then runs
/// again. Where even that must not happen, the handler also makes `RequestContext.current.idempotencyKey` unique in its database.
public struct IdempotencyMiddleware: Middleware {
    private let store: any KeyValueStore
    private let lease: Duration
    private let retention: Duration
    private let limit: Int

    /// - Parameters:
    ///   - store: shared by all processes that serve the same paths.
    ///   - lease: how long a key stays taken after the process that handles its request died; 5 s unless told.
    ///   - retention: how long an answer is kept; a day unless told.
    ///   - limit: the most bytes of a request's body, and of an answer's that is kept; 1 MiB unless told.
    public init(
        store: any KeyValueStore, lease: Duration = .seconds(5), retention: Duration = .seconds(86_400),
        limit: Int = Route.defaultBodyLimit
    ) {
        self.store = store
        self.lease = lease
        self.retention = retention
        self.limit = limit
    }

    public func respond(to request: Request, in context: RequestContext, next: Responder) async throws -> Response {
        guard request.method == .post, let key = request.headers["idempotency-key"] else { return try await next(request, context) }
        guard (1...255).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw Problem(.badRequest, "Idempotency-Key must be 1 to 255 visible ASCII characters.")
        }
        var request = request, context = context
        let body = try await request.body.collect(upTo: limit)
        request.body = .bytes(body)
        context.idempotencyKey = key
        let name = "roost-idempotency/" + Self.digest([Self.caller(context), request.method.rawValue, request.path, key])
        let fingerprint = Self.digest([request.query, request.headers["content-type"] ?? ""], body)
        switch try await claim(name, fingerprint) {
        case .answered(let response): return response
        case .claimed(let version):
            let claim = Claim(store: store, name: name, pending: StoredAnswer(fingerprint: fingerprint), lease: lease)
            return try await run(request, context, claim, from: version, next)
        }
    }

    private enum Outcome {
        case claimed(StoreVersion)
        case answered(Response)
    }

    private func claim(_ name: String, _ fingerprint: String) async throws -> Outcome {
        // A second round is for an entry that expires between the put and the get.
        for _ in 0..<3 {
            let pending = StoredAnswer(fingerprint: fingerprint)
            if let version = try await store.put(name, pending.bytes, ttl: lease, if: .absent) { return .claimed(version) }
            guard let stored = try await store.get(name).flatMap({ StoredAnswer($0.bytes) }) else { continue }
            guard stored.fingerprint == fingerprint else {
                throw Problem(.unprocessable, "This Idempotency-Key was used with another request.")
            }
            if let answer = stored.answer { return .answered(answer.response) }
            break
        }
        throw Problem(.conflict, "A request with this Idempotency-Key is under way.", headers: ["retry-after": "1"])
    }

    private func run(
        _ request: Request, _ context: RequestContext, _ claim: Claim, from version: StoreVersion, _ next: Responder
    ) async throws -> Response {
        let renewal = Task { await claim.renew(from: version) }
        let result: Result<Response, any Error>
        do {
            result = .success(try await next(request, context))
        } catch let problem as Problem where problem.status.code < 500 {
            result = .success(problem.response(instance: request.path, requestID: context.requestID))
        } catch {
            result = .failure(error)
        }
        renewal.cancel()
        let answer = (try? result.get()).flatMap { StoredAnswer.Answer($0, limit: limit) }
        // A task of its own, as a caller who has gone away must not keep the answer from being kept.
        await Task { [retention] in
            do {
                try await claim.settle(answer, retention: retention, version: await renewal.value)
            } catch {
                context.logger.error(
                    "The answer of an idempotent request was not kept.",
                    metadata: [RequestID.logKey: "\(context.requestID)", "error": "\(error)"])
            }
        }.value
        return try result.get()
    }

    private static func caller(_ context: RequestContext) -> String {
        switch context.principal.kind {
        case .anonymous: "anonymous"
        case .account: "account " + context.principal.id
        case .service: "service " + context.principal.id
        }
    }

    /// SHA-256 of the texts, each with its length before it so that no two lists look alike, and the bytes.
    private static func digest(_ texts: [String], _ bytes: [UInt8] = []) -> String {
        var hash = SHA256()
        for text in texts { hash.update(data: Array("\(text.utf8.count):\(text)".utf8)) }
        hash.update(data: bytes)
        return hash.finalize().map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}

/// A key taken for a request under way.
private struct Claim: Sendable {
    let store: any KeyValueStore
    let name: String
    let pending: StoredAnswer
    let lease: Duration

    /// Keeps the key taken until the task is cancelled or the key is lost.
    /// - Returns: the entry's last version.
    func renew(from first: StoreVersion) async -> StoreVersion {
        var version = first
        while true {
            do {
                try await Task.sleep(for: lease / 3)
                guard let next = try await store.put(name, pending.bytes, ttl: lease, if: .version(version)) else { return version }
                version = next
            } catch {
                if Task.isCancelled { return version }
            }
        }
    }

    /// Keeps the answer, or frees the key where there is none to keep.
    func settle(_ answer: StoredAnswer.Answer?, retention: Duration, version: StoreVersion) async throws {
        var settled = pending
        settled.answer = answer
        try await store.put(name, answer == nil ? nil : settled.bytes, ttl: answer == nil ? nil : retention, if: .version(version))
    }
}
