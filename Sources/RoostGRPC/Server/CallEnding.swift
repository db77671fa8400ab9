import Roost
import Synchronization

/// How a call whose reply is a stream ended, which the trailers report.
final class CallEnding: Sendable {
    private let request: Request
    private let context: RequestContext
    private let problem = Mutex<Problem?>(nil)

    init(request: Request, context: RequestContext) {
        self.request = request
        self.context = context
    }

    /// Records why the stream ended early.
    func fail(_ error: any Error) {
        let problem = GRPCProtocol.problem(error, request, context)
        self.problem.withLock { $0 = problem }
    }

    var status: Headers {
        problem.withLock { problem in problem.map { CallStatus.fields(of: $0, requestID: context.requestID) } ?? CallStatus.ok }
    }
}

extension MessageStream<[UInt8]> {
    /// Returns the stream, whose end or error is recorded in `ending`.
    func ended(by ending: CallEnding) -> MessageStream<[UInt8]> {
        transformed { next in
            {
                do {
                    return try await next()
                } catch {
                    ending.fail(error)
                    return nil
                }
            }
        }
    }
}
