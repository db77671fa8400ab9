import NIOCore
import Roost

/// One step of answering a request.
enum AnswerStep {
    /// The response, or the head of one whose body is streamed.
    case response(Response)
    /// A piece of the streamed body; not empty.
    case piece([UInt8])
    /// The streamed body has ended.
    case end(trailers: Headers)
    /// What the connection was upgraded to has been run to its end.
    case upgradeEnded(Result<Void, any Error>)
    /// There is no response, or no rest of it.
    case failure(any Error)
    /// The handler's task is at its end, whatever came of it.
    case returned
}

enum AnswerProgress {
    case goOn
    /// The client takes no more for the moment.
    case wait
    /// The connection has become what the response says; this is to be run over it.
    case upgraded(run: @Sendable () async throws -> Void)
    /// Nothing more is wanted.
    case over
}

/// What carries requests and their responses: a connection, on whose event loop the handlers run.
protocol ExchangeCarrier: AnyObject, SendableMetatype {
    var home: ServerLoop { get }

    /// Does the next step of the answer to a request, if it is still under way.
    func answer(_ step: AnswerStep, to number: Int) -> AnswerProgress

    /// Resumes the waiter when the client takes more.
    func awaitRoom(_ waiter: CheckedContinuation<Void, any Error>, for number: Int)
}

extension ExchangeCarrier {
    /// Runs the handler, on this loop, and sends what it answers.
    func start(_ request: Request, _ exchange: Exchange) {
        startDeadline(of: exchange)
        let number = exchange.number
        let context = exchange.context
        let this = NIOLoopBound(self, eventLoop: home.loop)
        let responder = home.responder
        home.executor.runNow {
            exchange.task = Task(executorPreference: home.executor) {
                // The task prefers this connection's loop, and so is on it again after every wait.
                do {
                    try await Self.send(try await responder(request, context), to: number, by: this)
                } catch {
                    _ = this.value.answer(.failure(error), to: number)
                }
                _ = this.value.answer(.returned, to: number)
            }
        }
    }

    /// Sends a response, a streamed body as fast as the client takes it.
    private static func send(_ response: Response, to number: Int, by this: NIOLoopBound<Self>) async throws {
        let progress = this.value.answer(.response(response), to: number)
        if case .upgraded(let run) = progress { return await Self.run(run, to: number, by: this) }
        guard case .goOn = progress, case .stream(let stream, _) = response.body else { return }
        for try await piece in stream where !piece.isEmpty {
            switch this.value.answer(.piece(piece), to: number) {
            case .goOn: continue
            case .wait: try await withCheckedThrowingContinuation { this.value.awaitRoom($0, for: number) }
            case .upgraded, .over: throw TransportError.connectionClosed
            }
        }
        _ = this.value.answer(.end(trailers: response.trailers?() ?? [:]), to: number)
    }

    private static func run(_ run: @escaping @Sendable () async throws -> Void, to number: Int, by this: NIOLoopBound<Self>) async {
        // What it holds closes the connection when it goes, which must not come before the end that it deserves.
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

    /// Ends a request whose time is over. Its handler is told, and may take a while to notice.
    func end(overdue exchange: Exchange) {
        exchange.task?.cancel()
        exchange.isOverdue = true
        _ = answer(.failure(Problem.overdue), to: exchange.number)
    }
}

extension Problem {
    /// 504, for a request whose deadline passed.
    static var overdue: Problem { Problem(.gatewayTimeout, "The deadline passed before there was an answer.") }
}
