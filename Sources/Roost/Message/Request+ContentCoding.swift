extension Request {
    /// Refuses a body that is compressed, or otherwise coded: it would be read as what it is not (RFC 9110 §8.4).
    /// - Throws: a `Problem` with status 415, whose `Accept-Encoding` says what is understood (§15.5.16).
    package func requirePlainBody() throws(Problem) {
        guard headers["content-encoding"] != nil, body.length != 0 else { return }
        let codings = headers.values("content-encoding").flatMap { $0.split { $0 == "," || $0 == " " || $0 == "\t" } }
        guard let coding = codings.first(where: { $0.lowercased() != "identity" }) else { return }
        throw Problem(
            .unsupportedMediaType, "Send the body as it is, not coded as \(coding).", headers: ["accept-encoding": "identity"])
    }
}
