extension Request {
    /// Refuses a body with a content coding, such as compression, because it would be misread (RFC 9110 §8.4).
    /// - Throws: A `Problem` with status 415, whose `Accept-Encoding` tells what is accepted (§15.5.16).
    package func requirePlainBody() throws(Problem) {
        guard headers["content-encoding"] != nil, body.length != 0 else { return }
        let codings = headers.values("content-encoding").flatMap { $0.split { $0 == "," || $0 == " " || $0 == "\t" } }
        guard let coding = codings.first(where: { $0.lowercased() != "identity" }) else { return }
        throw Problem(
            .unsupportedMediaType, "Send the body without a content coding, not as \(coding).", headers: ["accept-encoding": "identity"])
    }
}
