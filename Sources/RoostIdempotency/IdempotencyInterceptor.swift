public import Roost
public import RoostStore

/// Makes requests with an `Idempotency-Key` safe to repeat (draft-ietf-httpapi-idempotency-key-header).
///
/// A repeated request with the same key gets the first response again, marked `idempotency-replayed: true`. The same key with another
/// request is answered with 422, and with 409 and `Retry-After` while the first request is in progress. A key belongs to one signed-in
/// caller and one operation, on REST and gRPC alike; it has no effect for a caller who is not signed in. Responses with status 500 and
/// above, 401, 403 and 429 are not stored, because they say nothing about the request itself; neither are streams.
///
/// Responses are stored encrypted with a key derived from the caller's idempotency key, which the store does not hold, so that reading the
/// store does not reveal them.
///
/// If the process dies after the handler committed and before the response was stored, a repeated request runs the handler again. If that
/// must not happen, the handler also has to make `RequestContext.current?.idempotencyKey` unique in its own database.
///
/// It handles calls that are encoded. A call of a function in the process is encoded too, in memory, if it has a key.
public struct IdempotencyInterceptor: Interceptor {
    private let store: any KeyValueStore
    private let lease: Duration
    private let retention: Duration
    private let limit: Int
    private let clock: any ServiceClock

    /// Creates the interceptor of a route.
    /// - Parameters:
    ///   - store: A store shared by all processes that serve the route.
    ///   - lease: How long a key stays reserved after the process that handled its request died.
    ///   - retention: How long a response is stored.
    ///   - limit: The size in bytes up to which a response is stored; 1 MiB by default.
    ///   - clock: The clock by which the lease is renewed.
    public init(
        store: any KeyValueStore, lease: Duration = .seconds(5), retention: Duration = .seconds(86_400),
        limit: Int = 1 << 20, clock: any ServiceClock = WallClock()
    ) {
        self.clock = clock
        self.store = store
        self.lease = lease
        self.retention = retention
        self.limit = limit
    }

    /// Answers a repeated request with the stored response; otherwise calls `next` and stores its response.
    /// - Throws: A `Problem` with status 400 if the key is malformed, 409 if its first request is still in progress, or 422 if it was used
    ///   with another request; whatever `next` and the store throw.
    public func intercept<Reply: Sendable>(
        _ call: CallInfo, _ next: @escaping @Sendable (CallInfo) async throws -> Reply
    ) async throws -> Reply {
        guard Reply.self == Response.self, let keyed = try await KeyedCall(call) else { return try await next(call) }
        let claim = Claim(
            store: store, seal: keyed.seal, pending: StoredResponse(fingerprint: keyed.fingerprint), lease: lease, clock: clock)
        let response: Response
        switch try await claim.take() {
        case .answered(let stored): response = stored
        case .claimed(let version): response = try await run(keyed.call, claim, from: version) { try await next($0) as? Response }
        }
        guard let reply = response as? Reply else { throw Problem(.internalError) }
        return reply
    }

    private func run(
        _ call: CallInfo, _ claim: Claim, from version: StoreVersion, _ next: (CallInfo) async throws -> Response?
    ) async throws -> Response {
        let renewal = Task { await claim.renew(from: version) }
        let context = call.context
        let result: Result<Response, any Error>
        do {
            result = .success(try await next(call) ?? Response(.internalError))
        } catch let problem as Problem where problem.status.code < 500 {
            result =
                call.request?.codec.map { codec in
                    .success(codec.response(to: problem, path: call.request?.path ?? "", in: context))
                } ?? .failure(problem)
        } catch {
            result = .failure(error)
        }
        renewal.cancel()
        let content = (try? result.get()).flatMap { StoredResponse.Content($0, limit: limit) }
        // The response must be stored even if the caller disconnects.
        await withCancellationShield { [retention] in
            do {
                try await claim.settle(content, retention: retention, version: await renewal.value)
            } catch {
                context.logger.error(
                    "The response to a request with an idempotency key could not be stored.",
                    metadata: context.logMetadata(["error": "\(error)"]))
            }
        }
        return try result.get()
    }
}

extension [Endpoint] {
    /// Returns these endpoints, with an `IdempotencyInterceptor` for each one whose route takes idempotency keys, unless its service stores
    /// them itself.
    /// - Parameter store: A store shared by all processes that serve the endpoints.
    public func rememberingResponses(in store: any KeyValueStore) -> [Endpoint] {
        map { $0.lacksMemory ? $0.remembered(by: IdempotencyInterceptor(store: store)) : $0 }
    }
}

/// The reservation of an idempotency key for a request in progress.
private struct Claim: Sendable {
    enum Outcome {
        case claimed(StoreVersion)
        case answered(Response)
    }

    let store: any KeyValueStore
    let seal: ResponseSeal
    let pending: StoredResponse
    let lease: Duration
    let clock: any ServiceClock

    /// Reserves the key, or returns the stored response.
    /// - Throws: A `Problem` with status 422 if the key was used with another request, or 409 if a request with it is in progress.
    func take() async throws -> Outcome {
        // Tries again if the entry expires between the put and the get.
        for _ in 0..<3 {
            if let version = try await store.put(seal.name, pending.bytes, ttl: lease, if: .absent) { return .claimed(version) }
            guard let stored = try await store.get(seal.name).flatMap({ StoredResponse($0.bytes) }) else { continue }
            guard stored.fingerprint == pending.fingerprint else {
                throw Problem(.unprocessable, "This Idempotency-Key was used with another request.")
            }
            guard let sealed = stored.sealed else { break }
            guard let content = seal.open(sealed).flatMap({ StoredResponse.Content($0) }) else { continue }
            return .answered(content.response)
        }
        throw Problem(.conflict, "A request with this Idempotency-Key is still in progress.", headers: ["retry-after": "1"])
    }

    /// Renews the reservation until the task is cancelled or the reservation is lost.
    /// - Returns: The last version of the entry.
    func renew(from first: StoreVersion) async -> StoreVersion {
        var version = first
        while true {
            do {
                try await clock.sleep(for: lease / 3)
                guard let next = try await store.put(seal.name, pending.bytes, ttl: lease, if: .version(version)) else { return version }
                version = next
            } catch {
                if Task.isCancelled { return version }
            }
        }
    }

    /// Stores the response, or releases the key if there is no response to store.
    func settle(_ content: StoredResponse.Content?, retention: Duration, version: StoreVersion) async throws {
        var settled = pending
        settled.sealed = try content.map { try seal.close($0.bytes) }
        let isKept = settled.sealed != nil
        try await store.put(seal.name, isKept ? settled.bytes : nil, ttl: isKept ? retention : nil, if: .version(version))
    }
}
