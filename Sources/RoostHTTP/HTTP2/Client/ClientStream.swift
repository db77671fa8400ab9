import NIOCore
import NIOHPACK
import Roost
import Synchronization

/// One stream of a client's connection: a call and its response. Used on its event loop only.
final class ClientStream {
    typealias Answer = CheckedContinuation<Result<Response, ExchangeFailure>, Never>

    let number: Int
    let call: HTTP2Call
    var input = StreamInput()
    var output = StreamOutput()
    var timer: Scheduled<Void>?
    /// Sends the request's streamed body.
    var sending: Task<Void, Never>?
    /// What the request's body still owes of the length it announced.
    var owed: Int?
    /// When the call began, and how much had been heard from the server by then.
    let began: (at: NIODeadline, received: Int)
    private(set) var head: Response?
    private(set) var contentLength: Int?
    private var answer: Answer?
    private let trailers = TrailerBox()

    init(_ number: Int, _ call: HTTP2Call, received: Int, _ answer: Answer) {
        began = (.now(), received)
        self.number = number
        self.call = call
        self.answer = answer
    }

    /// Whether its caller still waits for the response.
    var isAwaited: Bool { answer != nil }

    /// - Throws: where the head is none (RFC 9113 §8.3.2).
    func take(_ headers: HPACKHeaders) throws(WireFault) {
        var response = Response(.ok)
        response.headers.reserveCapacity(headers.count)
        guard let first = headers.first, first.name == ":status", let code = Int(first.value), (100..<1000).contains(code) else {
            throw .malformed("It does not begin with a status.")
        }
        response.status = Status(code)
        for (name, value, _) in headers.dropFirst() {
            try FieldRules.check(name, value)
            if name == "content-length" { contentLength = Int(value) }
            response.headers.add(name, value)
        }
        // Not a response yet, but word that one will come (RFC 9110 §15.2).
        if response.status.code >= 200 { head = response }
    }

    func takeTrailers(_ headers: HPACKHeaders) throws(WireFault) {
        try FieldRules.check(trailers: headers)
        trailers.set(Headers(headers.map { ($0.name, $0.value) }))
    }

    /// Gives the caller the response, its body whole.
    func answerWhole() {
        guard var response = head, let answer = answer.take() else { return }
        response.body = .bytes(input.takeGathered())
        response.trailers = trailers.reader
        answer.resume(returning: .success(response))
    }

    /// Gives the caller the response, its body as it comes.
    func answerOpen(_ pipe: BodyPipe) {
        guard var response = head, let answer = answer.take() else { return }
        input.open(pipe)
        response.body = .stream(IncomingBody(pipe), length: contentLength)
        response.trailers = trailers.reader
        answer.resume(returning: .success(response))
    }

    /// There is no response, or no rest of it.
    func fail(_ failure: ExchangeFailure) {
        answer.take()?.resume(returning: .failure(failure))
        input.pipe?.finish(.failure(failure.cause))
    }

    /// Lets go of all that waits.
    func finish() {
        timer?.cancel()
        sending?.cancel()
        output.fail(ConnectionClosed())
    }
}

/// A response's trailers, which come after it.
final class TrailerBox: Sendable {
    private let fields = Mutex(Headers())

    func set(_ headers: Headers) { fields.withLock { $0 = headers } }

    var reader: @Sendable () -> Headers { { self.fields.withLock { $0 } } }
}
