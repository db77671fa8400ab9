import NIOCore
import Roost

/// A call that waits because the server's limit of concurrent streams is reached.
final class WaitingCall {
    let request: Request
    let call: HTTP2Call
    let deadline: ContinuousClock.Instant?
    let answer: ClientStream.Answer
    var timer: Scheduled<Void>?

    init(request: Request, call: HTTP2Call, deadline: ContinuousClock.Instant?, answer: ClientStream.Answer) {
        self.request = request
        self.call = call
        self.deadline = deadline
        self.answer = answer
    }
}
