extension Problem {
    /// The media type of a problem document (RFC 9457 §3).
    public static let mediaType = "application/problem+json"

    /// The problem as the caller sees it.
    /// - Parameters:
    ///   - instance: the path of the request that failed.
    ///   - requestID: what to ask for in the logs.
    public func response(instance: String, requestID: String) -> Response {
        var response = Response(status, headers: headers, body: .bytes(document(instance: instance, requestID: requestID)))
        response.headers["content-type"] = Self.mediaType
        // Who is told to prove who they are must be told how (RFC 9110 §15.5.2).
        if status == .unauthorized, headers["www-authenticate"] == nil { response.headers.add("www-authenticate", "Bearer") }
        return response
    }

    /// The problem document (RFC 9457 §3.1), as JSON.
    package func document(instance: String, requestID: String) -> [UInt8] {
        JSON.encode(ProblemDocument(self, instance: instance, requestID: requestID))
    }

    /// The status that a problem document has; `nil` where the bytes are none.
    package static func status(inDocument bytes: [UInt8]) -> Int? { (try? JSON.decode(ProblemDocument.self, from: bytes))?.status }

    /// The problem that a response which is no success tells of, in whatever form it does.
    public init(response: Response, bytes: [UInt8]) {
        let kept = response.headers.fields.filter { ["retry-after", "allow", "www-authenticate"].contains($0.name.lowercased()) }
        guard let document = try? JSON.decode(ProblemDocument.self, from: bytes) else {
            self.init(response.status, headers: Headers(kept))
            return
        }
        self.init(
            response.status, document.detail, type: document.type ?? "about:blank", title: document.title, errors: document.errors ?? [],
            headers: Headers(kept))
    }
}
