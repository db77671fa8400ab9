import Roost

/// Makes a route safe to repeat under an `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header).
///
/// The same key and request get the first answer again, marked `idempotency-replayed: true`. The same key with another request is a
/// 422; while the first is under way, a 409 with `Retry-After`. A key counts for one signed-in caller and one operation, whichever wire
/// it comes by; of a caller who is not signed in it has no effect. Answers of 500 and above, 401, 403 and 429 are not kept, as they say
/// nothing about the request itself; nor are streams.
///
/// Answers are kept sealed under the key that the caller gave, which the store does not hold: who reads the store reads none of them.
///
/// A process that dies between the handler's commit and the keeping of the answer leaves no answer: the repeated request then runs
/// again. Where even that must not happen, the handler also makes `RequestContext.current.idempotencyKey` unique in its database.
public struct IdempotencyMiddleware: Middleware {
    private let route: Route
    private let store: any KeyValueStore
    private let lease: Duration
    private let retention: Duration
    private let limit: Int

    /// - Parameters:
    ///   - route: what is called.
    ///   - store: shared by all processes that serve the route.
    ///   - lease: how long a key stays taken after the process that handles its request died; 5 s unless told.
    ///   - retention: how long an answer is kept; a day unless told.
    ///   - limit: the most bytes of an answer that is kept; 1 MiB unless told.
    public init(
        for route: Route, store: any KeyValueStore, lease: Duration = .seconds(5), retention: Duration = .seconds(86_400),
        limit: Int = 1 << 20
    ) {
        self.route = route
        self.store = store
        self.lease = lease
        self.retention = retention
        self.limit = limit
    }

    public func respond(to request: Request, in context: RequestContext, next: Responder) async throws -> Response {
        guard let key = request.headers["idempotency-key"], let caller = Self.caller(context) else {
            return try await next(request, context)
        }
        guard (1...255).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw Problem(.badRequest, "Idempotency-Key must be 1 to 255 visible ASCII characters.")
        }
        var request = try await request.settled(for: route), context = context
        let body = try await request.body.collect(upTo: route.bodyLimit)
        request.body = .bytes(body)
        context.idempotencyKey = key
        let seal = AnswerSeal(key: key, caller: caller, operation: route.operation)
        let words = ["\(request.format)", request.path, request.query, request.headers["content-type"] ?? ""]
        let claim = Claim(
            store: store, seal: seal, pending: StoredAnswer(fingerprint: seal.fingerprint(of: words, body)), lease: lease)
        switch try await claim.take() {
        case .answered(let response): return response
        case .claimed(let version): return try await run(request, context, claim, from: version, next)
        }
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

    /// Whom a key belongs to; `nil` for those who are not signed in, of whom nothing tells one from another.
    private static func caller(_ context: RequestContext) -> String? {
        switch context.principal.kind {
        case .anonymous: nil
        case .account: "account " + context.principal.id
        case .service: "service " + context.principal.id
        }
    }
}

extension [Endpoint] {
    /// The endpoints, of which those that take idempotency keys remember their answers in a store.
    /// - Parameter store: shared by all processes that serve them.
    public func rememberingAnswers(in store: any KeyValueStore) -> [Endpoint] {
        map { $0.route.takesIdempotencyKey ? $0.remembered(by: IdempotencyMiddleware(for: $0.route, store: store)) : $0 }
    }
}

/// A key taken for a request under way.
private struct Claim: Sendable {
    enum Outcome {
        case claimed(StoreVersion)
        case answered(Response)
    }

    let store: any KeyValueStore
    let seal: AnswerSeal
    let pending: StoredAnswer
    let lease: Duration

    /// - Throws: a `Problem`: 422 where the key was used with another request, 409 while a request with it is under way.
    func take() async throws -> Outcome {
        // A second round is for an entry that expires between the put and the get.
        for _ in 0..<3 {
            if let version = try await store.put(seal.name, pending.bytes, ttl: lease, if: .absent) { return .claimed(version) }
            guard let stored = try await store.get(seal.name).flatMap({ StoredAnswer($0.bytes) }) else { continue }
            guard stored.fingerprint == pending.fingerprint else {
                throw Problem(.unprocessable, "This Idempotency-Key was used with another request.")
            }
            guard let sealed = stored.sealed else { break }
            guard let answer = seal.open(sealed).flatMap({ StoredAnswer.Answer($0) }) else { continue }
            return .answered(answer.response)
        }
        throw Problem(.conflict, "A request with this Idempotency-Key is under way.", headers: ["retry-after": "1"])
    }

    /// Keeps the key taken until the task is cancelled or the key is lost.
    /// - Returns: the entry's last version.
    func renew(from first: StoreVersion) async -> StoreVersion {
        var version = first
        while true {
            do {
                try await Task.sleep(for: lease / 3)
                guard let next = try await store.put(seal.name, pending.bytes, ttl: lease, if: .version(version)) else { return version }
                version = next
            } catch {
                if Task.isCancelled { return version }
            }
        }
    }

    /// Keeps the answer, or frees the key where there is none to keep.
    func settle(_ answer: StoredAnswer.Answer?, retention: Duration, version: StoreVersion) async throws {
        var settled = pending
        settled.sealed = try answer.map { try seal.close($0.bytes) }
        let isKept = settled.sealed != nil
        try await store.put(seal.name, isKept ? settled.bytes : nil, ttl: isKept ? retention : nil, if: .version(version))
    }
}
