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
    /// There is no response, or no rest of it.
    case failure(any Error)
    /// The handler's task is at its end, whatever came of it.
    case returned
}

enum AnswerProgress {
    case goOn
    /// The client takes no more for the moment.
    case wait
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

    /// Makes the connection what the response says, and has that run until its end.
    /// - Throws: a `Problem` where it cannot be that.
    static func upgrade(_ response: Response, _ number: Int, by this: NIOLoopBound<Self>) async throws
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
        if response.upgrade != nil { return try await upgrade(response, number, by: this) }
        guard case .goOn = this.value.answer(.response(response), to: number), case .stream(let stream, _) = response.body else { return }
        for try await piece in stream where !piece.isEmpty {
            switch this.value.answer(.piece(piece), to: number) {
            case .goOn: continue
            case .wait: try await withCheckedThrowingContinuation { this.value.awaitRoom($0, for: number) }
            case .over: throw ConnectionClosed()
            }
        }
        _ = this.value.answer(.end(trailers: response.trailers?() ?? [:]), to: number)
    }

    private func startDeadline(of exchange: Exchange) {
        guard let deadline = exchange.context.deadline else { return }
        let left = TimeAmount(max(.zero, ContinuousClock.now.duration(to: deadline)))
        let this = NIOLoopBound((self, exchange), eventLoop: home.loop)
        exchange.deadline = home.loop.scheduleTask(in: left) {
            let (carrier, exchange) = this.value
            exchange.task?.cancel()
            // The handler may take a while to notice. Its request is over.
            exchange.isOverdue = true
            let problem = Problem(.gatewayTimeout, "The deadline passed before there was an answer.")
            _ = carrier.answer(.failure(problem), to: exchange.number)
        }
    }
}
