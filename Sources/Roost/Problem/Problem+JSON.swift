extension Problem {
    /// Returns the problem as a response, which caches do not store unless `headers` has another `cache-control`.
    /// - Parameters:
    ///   - instance: The path of the request that failed.
    ///   - requestID: What to ask for in the logs.
    ///   - shape: The shape of the document.
    public func response(
        instance: String, requestID: String, as shape: any ErrorDocument.Type = ProblemDocument.self
    ) -> Response {
        var response = Response(status, headers: headers, body: .bytes(document(instance: instance, requestID: requestID, as: shape)))
        response.headers["content-type"] = shape.mediaType
        // The document names one request, and may depend on its cookies. Without the field, a cache may store a 404 (RFC 9111 §4.2.2).
        if headers["cache-control"] == nil { response.headers.add("cache-control", "no-store") }
        // A 401 must tell how to authenticate (RFC 9110 §15.5.2).
        if status == .unauthorized, headers["www-authenticate"] == nil { response.headers.add("www-authenticate", "Bearer") }
        return response
    }

    /// Returns the document of the problem, as JSON.
    package func document(
        instance: String, requestID: String, as shape: any ErrorDocument.Type = ProblemDocument.self
    ) -> [UInt8] {
        func encoded<Document: ErrorDocument>(_ shape: Document.Type) -> [UInt8] {
            JSON.encode(Document(self, instance: instance, requestID: requestID))
        }
        return encoded(shape)
    }

    /// Creates the problem from a document that ended a stream.
    package init(document bytes: [UInt8], as shape: any ErrorDocument.Type = ProblemDocument.self) {
        self = Self.read(bytes, shape, status: nil) ?? Problem(.badGateway)
    }

    /// Creates the problem that an unsuccessful response describes, whatever its format.
    public init(response: Response, bytes: [UInt8], as shape: any ErrorDocument.Type = ProblemDocument.self) {
        self = Self.read(bytes, shape, status: response.status) ?? Problem(response.status)
        headers = Headers(
            response.headers.fields.filter { ["retry-after", "allow", "www-authenticate"].contains($0.name.lowercased()) })
    }

    private static func read(_ bytes: [UInt8], _ shape: any ErrorDocument.Type, status: Status?) -> Problem? {
        func read<Document: ErrorDocument>(_ shape: Document.Type) -> Problem? {
            (try? JSON.decode(Document.self, from: bytes))?.problem(status: status)
        }
        return read(shape)
    }
}
