import Roost

/// What is kept under an idempotency key: which request it was, and its answer, sealed, once there is one.
struct StoredAnswer: Equatable {
    /// The request's fingerprint: hexadecimal digits.
    var fingerprint: String
    /// `nil` while the request is under way.
    var sealed: [UInt8]?

    /// The fingerprint, a line end, and the sealed answer as it is.
    var bytes: [UInt8] { Array(fingerprint.utf8) + (sealed.map { [Self.end] + $0 } ?? []) }

    init(fingerprint: String, sealed: [UInt8]? = nil) {
        self.fingerprint = fingerprint
        self.sealed = sealed
    }

    /// - Returns: `nil` where the bytes are nothing that was kept here.
    init?(_ bytes: [UInt8]) {
        let end = bytes.firstIndex(of: Self.end) ?? bytes.endIndex
        guard end > 0, let fingerprint = String(validating: bytes[..<end], as: UTF8.self) else { return nil }
        self.fingerprint = fingerprint
        if end < bytes.endIndex { sealed = Array(bytes[(end + 1)...]) }
    }

    private static let end = UInt8(ascii: "\n")

    /// An answer, as it is given again.
    struct Answer: Equatable {
        var status: Int
        /// Names and values, by turns.
        var fields: [String]
        var body: [UInt8]
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

    /// A line of JSON texts (status, names and values of fields), then the body as it is.
    var bytes: [UInt8] { JSON.encode([String(status)] + fields) + [UInt8(ascii: "\n")] + body }

    /// - Returns: `nil` where the bytes are no answer.
    init?(_ bytes: [UInt8]) {
        guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")), let head = try? JSON.decode([String].self, from: Array(bytes[..<end])),
            let status = head.first.flatMap({ Int($0) }), !head.count.isMultiple(of: 2)
        else { return nil }
        self.init(status: status, fields: Array(head[1...]), body: Array(bytes[(end + 1)...]))
    }

    /// The answer, given again.
    var response: Response {
        var headers = Headers(stride(from: 0, to: fields.count, by: 2).map { (fields[$0], fields[$0 + 1]) })
        headers["idempotency-replayed"] = "true"
        return Response(Status(status), headers: headers, body: .bytes(body))
    }
}
