extension Problem {
    /// The media type of a problem document (RFC 9457 §3).
    public static let mediaType = "application/problem+json"

    /// Returns the problem as a response.
    /// - Parameters:
    ///   - instance: The path of the request that failed.
    ///   - requestID: The identifier of the request in the logs.
    public func response(instance: String, requestID: String) -> Response {
        var response = Response(status, headers: headers, body: .bytes(document(instance: instance, requestID: requestID)))
        response.headers["content-type"] = Self.mediaType
        // A 401 must tell how to authenticate (RFC 9110 §15.5.2).
        if status == .unauthorized, headers["www-authenticate"] == nil { response.headers.add("www-authenticate", "Bearer") }
        return response
    }

    /// Returns the problem document (RFC 9457 §3.1) as JSON.
    package func document(instance: String, requestID: String) -> [UInt8] {
        JSON.encode(ProblemDocument(self, instance: instance, requestID: requestID))
    }

    /// Returns the status in a problem document, or `nil` if the bytes are not one.
    package static func status(inDocument bytes: [UInt8]) -> Int? { (try? JSON.decode(ProblemDocument.self, from: bytes))?.status }

    /// Creates the problem that an unsuccessful response describes, in whatever form.
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
