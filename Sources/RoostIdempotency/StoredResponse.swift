import Roost

/// The entry stored for an idempotency key: the fingerprint of the request, and the encrypted response once there is one.
struct StoredResponse: Equatable {
    /// The fingerprint of the request, in hexadecimal digits.
    var fingerprint: String
    /// The encrypted response; `nil` while the request is in progress.
    var sealed: [UInt8]?

    /// The stored form: the fingerprint, a line feed, and the encrypted response.
    var bytes: [UInt8] { Array(fingerprint.utf8) + (sealed.map { [Self.end] + $0 } ?? []) }

    init(fingerprint: String, sealed: [UInt8]? = nil) {
        self.fingerprint = fingerprint
        self.sealed = sealed
    }

    /// - Returns: `nil` if the bytes are not such an entry.
    init?(_ bytes: [UInt8]) {
        let end = bytes.firstIndex(of: Self.end) ?? bytes.endIndex
        guard end > 0, let fingerprint = String(validating: bytes[..<end], as: UTF8.self) else { return nil }
        self.fingerprint = fingerprint
        if end < bytes.endIndex { sealed = Array(bytes[(end + 1)...]) }
    }

    private static let end = UInt8(ascii: "\n")

    /// A response that can be sent again.
    struct Content: Equatable {
        var status: Int
        /// The names and values of the header fields, alternating.
        var fields: [String]
        var body: [UInt8]
    }
}

extension StoredResponse.Content {
    /// Header fields that belong to one exchange and not to the response.
    private static let unkept: Set<String> = [
        "connection", "content-length", "date", "keep-alive", "traceparent", "transfer-encoding", "x-request-id",
    ]

    /// - Returns: `nil` if the response must not be sent again, because it reports a temporary failure, is too large, or is a stream.
    init?(_ response: Response, limit: Int) {
        guard case .bytes(let body) = response.body, body.count <= limit, response.status.code < 500,
            ![.unauthorized, .forbidden, .tooManyRequests].contains(response.status),
            response.status != .conflict || response.headers["retry-after"] == nil
        else { return nil }
        status = response.status.code
        fields = response.headers.fields.filter { !Self.unkept.contains($0.name.lowercased()) }.flatMap { [$0.name, $0.value] }
        self.body = body
    }

    /// The stored form: a line with a JSON array of strings (the status, then names and values of header fields), followed by the body.
    var bytes: [UInt8] { JSON.encode([String(status)] + fields) + [UInt8(ascii: "\n")] + body }

    /// - Returns: `nil` if the bytes are not a stored response.
    init?(_ bytes: [UInt8]) {
        guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")), let head = try? JSON.decode([String].self, from: Array(bytes[..<end])),
            let status = head.first.flatMap({ Int($0) }), !head.count.isMultiple(of: 2)
        else { return nil }
        self.init(status: status, fields: Array(head[1...]), body: Array(bytes[(end + 1)...]))
    }

    /// The response to a repeated request.
    var response: Response {
        var headers = Headers(stride(from: 0, to: fields.count, by: 2).map { (fields[$0], fields[$0 + 1]) })
        headers["idempotency-replayed"] = "true"
        return Response(Status(status), headers: headers, body: .bytes(body))
    }
}
