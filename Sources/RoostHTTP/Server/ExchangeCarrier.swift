import NIOCore
import Roost

/// One step of sending a response.
enum ResponseStep {
    /// The response, or its head if the body is streamed.
    case response(Response)
    /// A piece of the streamed body, which is not empty.
    case piece([UInt8])
    /// The streamed body has ended.
    case end(trailers: Headers)
    /// The code that used the upgraded connection has ended.
    case upgradeEnded(Result<Void, any Error>)
    /// There is no response, or the rest of it is missing.
    case failure(any Error)
    /// The handler's task has ended, whatever the result.
    case returned
}

enum ResponseProgress {
    case proceed
    /// The client accepts no more at the moment.
    case wait
    /// The connection has switched protocols, and this is to be run over it.
    case upgraded(run: @Sendable () async throws -> Void)
    /// Nothing more is needed.
    case over
}

/// A connection that carries requests and responses, on whose event loop the handlers run.
protocol ExchangeCarrier: AnyObject, SendableMetatype {
    var home: ServerLoop { get }

    /// Carries out the next step of a response, if the request is still in progress.
    func answer(_ step: ResponseStep, to number: Int) -> ResponseProgress

    /// Resumes the writer when the client accepts more.
    func awaitRoom(_ writer: WaitingWriters.Writer, for number: Int)
}

extension ExchangeCarrier {
    /// Runs the handler on this loop, and sends its response.
    func start(_ request: Request, _ exchange: Exchange) {
        startDeadline(of: exchange)
        let number = exchange.number
        let context = exchange.context
        let this = NIOLoopBound(self, eventLoop: home.loop)
        let responder = home.responder
        home.executor.runNow {
            exchange.task = Task(executorPreference: home.executor) {
                // The task prefers this connection's loop, so it is back on it after every wait.
                do {
                    try await Self.send(try await responder(request, context), to: number, by: this)
                } catch {
                    _ = this.value.answer(.failure(error), to: number)
                }
                _ = this.value.answer(.returned, to: number)
            }
        }
    }

    /// Sends a response. A streamed body is sent as fast as the client accepts it.
    private static func send(_ response: Response, to number: Int, by this: NIOLoopBound<Self>) async throws {
        let progress = this.value.answer(.response(response), to: number)
        if case .upgraded(let run) = progress { return await Self.run(run, to: number, by: this) }
        guard case .proceed = progress, case .stream(let stream, _) = response.body else { return }
        for try await piece in stream where !piece.isEmpty {
            switch this.value.answer(.piece(piece), to: number) {
            case .proceed: continue
            case .wait: try await withCheckedThrowingContinuation { this.value.awaitRoom($0, for: number) }
            case .upgraded, .over: throw TransportError.connectionClosed
            }
        }
        _ = this.value.answer(.end(trailers: response.trailers?() ?? [:]), to: number)
    }

    private static func run(_ run: @escaping @Sendable () async throws -> Void, to number: Int, by this: NIOLoopBound<Self>) async {
        // What the task holds closes the connection when it is released, which must not happen before the proper end.
        defer { withExtendedLifetime(run) {} }
        do {
            try await run()
            _ = this.value.answer(.upgradeEnded(.success(())), to: number)
        } catch {
            _ = this.value.answer(.upgradeEnded(.failure(error)), to: number)
        }
    }

    private func startDeadline(of exchange: Exchange) {
        guard let deadline = exchange.context.deadline else { return }
        let left = TimeAmount(max(.zero, ContinuousClock.now.duration(to: deadline)))
        let this = NIOLoopBound((self, exchange), eventLoop: home.loop)
        exchange.deadline = home.loop.scheduleTask(in: left) {
            let (carrier, exchange) = this.value
            carrier.end(overdue: exchange)
        }
    }

    /// Ends a request whose time is over. Its handler is cancelled, and may take a while to notice.
    func end(overdue exchange: Exchange) {
        exchange.task?.cancel()
        exchange.isOverdue = true
        _ = answer(.failure(Problem.overdue), to: exchange.number)
    }
}

extension Problem {
    /// The problem of a request whose deadline has passed: 504.
    static var overdue: Problem { Problem(.gatewayTimeout, "The deadline passed before the response was ready.") }
}
