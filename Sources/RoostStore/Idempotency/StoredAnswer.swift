import Roost

/// What is kept under an idempotency key: which request it was, and its answer once there is one.
struct StoredAnswer: Equatable {
    /// The request's digest.
    var fingerprint: String
    /// `nil` while the request is under way.
    var answer: Answer?

    struct Answer: Equatable {
        var status: Int
        var fields: [String]
        var body: [UInt8]
    }

    /// A line of JSON texts (fingerprint, status, names and values of fields), then the body as it is.
    var bytes: [UInt8] {
        guard let answer else { return JSON.encode([fingerprint]) + [UInt8(ascii: "\n")] }
        return JSON.encode([fingerprint, String(answer.status)] + answer.fields) + [UInt8(ascii: "\n")] + answer.body
    }

    init(fingerprint: String, answer: Answer? = nil) {
        self.fingerprint = fingerprint
        self.answer = answer
    }

    /// - Returns: `nil` where the bytes are nothing that was kept here.
    init?(_ bytes: [UInt8]) {
        guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")),
            let head = try? JSON.decode([String].self, from: Array(bytes[..<end])), let fingerprint = head.first
        else { return nil }
        self.fingerprint = fingerprint
        guard head.count > 1 else { return }
        guard let status = Int(head[1]), head.count.isMultiple(of: 2) else { return nil }
        answer = Answer(status: status, fields: Array(head[2...]), body: Array(bytes[(end + 1)...]))
    }
}

extension StoredAnswer.Answer {
    /// Fields that belong to one exchange and not to the answer.
    private static let unkept: Set<String> = [
        "connection", "content-length", "date", "keep-alive", "traceparent", "transfer-encoding", "x-request-id",
    ]

    /// - Returns: `nil` where the response must not be given again: it failed for now, or is too large or a stream.
    init?(_ response: Response, limit: Int) {
        guard case .bytes(let body) = response.body, body.count <= limit, response.status.code < 500,
            ![.unauthorized, .forbidden, .tooManyRequests].contains(response.status),
            response.status != .conflict || response.headers["retry-after"] == nil
        else { return nil }
        status = response.status.code
        fields = response.headers.fields.filter { !Self.unkept.contains($0.name.lowercased()) }.flatMap { [$0.name, $0.value] }
        self.body = body
    }

    /// The answer, given again.
    var response: Response {
        var headers = Headers(stride(from: 0, to: fields.count, by: 2).map { (fields[$0], fields[$0 + 1]) })
        headers["idempotency-replayed"] = "true"
        return Response(Status(status), headers: headers, body: .bytes(body))
    }
}
