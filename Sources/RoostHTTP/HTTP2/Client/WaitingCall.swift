import NIOCore
import Roost

/// A call for which its connection has no room yet.
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
