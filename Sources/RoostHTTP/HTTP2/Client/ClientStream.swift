import NIOCore
import NIOHPACK
import Roost
import Synchronization

/// One stream of a client's connection: a call and its response. It is used on the connection's event loop only.
final class ClientStream {
    typealias Answer = CheckedContinuation<Result<Response, TransportError>, Never>

    let number: Int
    let call: HTTP2Call
    var input = StreamInput()
    var output = StreamOutput()
    var timer: Scheduled<Void>?
    /// The task that sends the request's streamed body.
    var sending: Task<Void, Never>?
    /// The number of bytes that are still to be sent of the announced length.
    var owed: Int?
    /// When the call began, and how many bytes had been received on the connection by then.
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

    /// Whether the caller still waits for the response.
    var isAwaited: Bool { answer != nil }

    /// Processes the head of a response.
    /// - Throws: A fault if the head is malformed (RFC 9113 §8.3.2).
    func take(_ headers: HPACKHeaders) throws(WireFault) {
        var response = Response(.ok)
        response.headers.reserveCapacity(headers.count)
        guard let first = headers.first, first.name == ":status", let code = Int(first.value), (100..<1000).contains(code) else {
            throw .malformed("The response does not begin with a status.")
        }
        response.status = Status(code)
        for (name, value, _) in headers.dropFirst() {
            try FieldRules.check(name, value)
            if name == "content-length" { contentLength = Int(value) }
            response.headers.add(name, value)
        }
        // Interim responses are ignored (RFC 9110 §15.2).
        if response.status.code >= 200 { head = response }
    }

    func takeTrailers(_ headers: HPACKHeaders) throws(WireFault) {
        try FieldRules.check(trailers: headers)
        trailers.set(Headers(headers.map { ($0.name, $0.value) }))
    }

    /// Gives the caller the response with its complete body.
    func answerWhole() {
        guard var response = head, let answer = answer.take() else { return }
        response.body = .bytes(input.takeGathered())
        response.trailers = trailers.reader
        answer.resume(returning: .success(response))
    }

    /// Gives the caller the response with a body that is still being received.
    func answerOpen(_ pipe: BodyPipe) {
        guard var response = head, let answer = answer.take() else { return }
        input.open(pipe)
        response.body = .stream(IncomingBody(pipe), length: contentLength)
        response.trailers = trailers.reader
        answer.resume(returning: .success(response))
    }

    /// Fails the call, or the rest of the response's body.
    func fail(_ failure: TransportError) {
        answer.take()?.resume(returning: .failure(failure))
        input.pipe?.finish(.failure(failure.thrown))
    }

    /// Cancels everything that waits.
    func finish() {
        timer?.cancel()
        sending?.cancel()
        output.fail(TransportError.connectionClosed)
    }
}

/// Holds the trailers of a response, which arrive after its head.
final class TrailerBox: Sendable {
    private let fields = Mutex(Headers())

    func set(_ headers: Headers) { fields.withLock { $0 = headers } }

    var reader: @Sendable () -> Headers { { self.fields.withLock { $0 } } }
}
