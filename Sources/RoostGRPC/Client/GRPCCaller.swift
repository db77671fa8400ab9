import Roost
import RoostHTTP
import Synchronization

/// Carries a contract's calls by gRPC, and with them the context of the call that makes them, as `HTTPCaller` does over HTTP.
///
/// A call that the callee has not seen is made again, and one that may be repeated also where no answer came: at most twice, after a
/// pause that is random, within a budget that all calls share. Where most calls fail by the callee's
/// fault, some are refused without being made; what a caller does, how short its deadline is included, counts for nothing there.
public final class GRPCCaller: Caller {
    public let format = MessageFormat.protobuf
    /// The most bytes of a message that is answered: 16 MiB.
    public static let replyLimit = 16 << 20

    private struct Health {
        var budget = RetryBudget()
        var breaker = CircuitBreaker(start: .now)
    }

    private let connections: ConnectionSet
    private let identity: ServiceIdentity
    private let health = Mutex(Health())

    /// - Parameters:
    ///   - address: where the contract is served.
    ///   - identity: who calls.
    public init(to address: HTTPAddress, as identity: ServiceIdentity, _ configuration: HTTP2Connection.Configuration = .init()) {
        connections = ConnectionSet(address, configuration)
        self.identity = identity
    }

    /// Lets the calls under way end, and makes no more.
    public func close() { connections.close() }

    public func send(_ request: Request, for route: Route) async throws -> Response {
        let context = RequestContext.current
        var attempt = 0
        while true {
            let response: Response
            do throws(ExchangeFailure) {
                response = try await sendOnce(request, context)
            } catch {
                guard let pause = pause(after: error, of: request, for: route, attempt, context) else {
                    throw Self.problem(of: error, route, context)
                }
                try await Task.sleep(for: pause)
                attempt += 1
                continue
            }
            return try await Self.reply(in: response, to: route)
        }
    }

    private func sendOnce(_ request: Request, _ context: RequestContext) async throws(ExchangeFailure) -> Response {
        guard health.withLock({ $0.breaker.allows(at: .now) }) else {
            health.withLock { $0.breaker.note(accepted: false, at: .now) }
            throw ExchangeFailure(refused: .unavailable("Most calls fail, so this one was not made."))
        }
        do throws(ExchangeFailure) {
            let response = try await connection(by: context.deadline).send(try framed(request, context), deadline: context.deadline)
            // Whatever it answers, it is there: one procedure that fails must not keep calls from the others.
            health.withLock {
                $0.breaker.note(accepted: true, at: .now)
                $0.budget.succeed()
            }
            return response
        } catch {
            if error.isServersFault { health.withLock { $0.breaker.note(accepted: false, at: .now) } }
            throw error
        }
    }

    private func connection(by deadline: ContinuousClock.Instant?) async throws(ExchangeFailure) -> HTTP2Connection {
        do { return try await connections.connection(by: deadline) } catch { throw ExchangeFailure(notSent: error) }
    }

    private func framed(_ request: Request, _ context: RequestContext) throws(ExchangeFailure) -> Request {
        var framed = request
        framed.headers.add(context, from: identity)
        framed.headers["content-type"] = "application/grpc"
        framed.headers["te"] = "trailers"
        framed.headers["grpc-encoding"] = nil
        framed.headers["grpc-accept-encoding"] = MessageEncoding.accepted
        do throws(Problem) {
            framed.headers["grpc-timeout"] = try context.timeLeft().map(CallTimeout.format)
        } catch {
            throw ExchangeFailure(refused: error)
        }
        switch request.body {
        case .bytes(let message): framed.body = .bytes(MessageFrame.encode(message))
        case .stream(let messages, _):
            framed.body = .stream(MessageStream(messages).mapped { MessageFrame.encode($0) }, length: nil)
        }
        return framed
    }

    /// How long to wait before a call is made again; `nil` where it is not.
    private func pause(
        after failure: ExchangeFailure, of request: Request, for route: Route, _ attempt: Int, _ context: RequestContext
    ) -> Duration? {
        guard attempt < 2, let problem = failure.cause as? Problem, problem.status != .gatewayTimeout else { return nil }
        guard case .bytes = request.body, !Task.isCancelled else { return nil }
        guard failure.progress == .notSent || failure.progress == .unanswered && route.method.isIdempotent else { return nil }
        let isAllowed = health.withLock { health in
            if failure.isServersFault { health.budget.fail() }
            return health.budget.allowsRetry
        }
        let pause = Duration.milliseconds(50 << attempt) * Double.random(in: 0.5...1)
        if let deadline = context.deadline, .now + pause >= deadline { return nil }
        return isAllowed ? pause : nil
    }

    private static func problem(of failure: ExchangeFailure, _ route: Route, _ context: RequestContext) -> any Error {
        guard let problem = failure.cause as? Problem else { return failure.cause }
        context.logger.warning(
            "\(route.operation) did not answer", metadata: [RequestID.logKey: "\(context.requestID)", "cause": "\(problem)"])
        return problem.told(of: route)
    }
}
