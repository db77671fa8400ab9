/// An error or a notice of the server (https://www.postgresql.org/docs/current/protocol-error-fields.html).
struct ServerMessage: Error, Hashable, Sendable {
    /// The `SQLSTATE` (https://www.postgresql.org/docs/current/errcodes-appendix.html).
    private(set) var code = ""
    /// `ERROR`, `FATAL`, `PANIC`, or the severity of a notice, never translated.
    private(set) var severity = ""
    private(set) var message = ""
    private(set) var detail: String?
    private(set) var hint: String?
    private(set) var position: String?
    private(set) var schema: String?
    private(set) var table: String?
    private(set) var column: String?
    private(set) var constraint: String?

    /// Reads the fields. Those that are unknown are skipped, as the protocol demands.
    init(_ body: UnsafeRawBufferPointer) throws(ProtocolViolation) {
        var reader = MessageReader(body)
        while true {
            let field = try reader.int8()
            guard field != 0 else { break }
            let text = try reader.string()
            switch Unicode.Scalar(field) {
            case "C": code = text
            case "V": severity = text
            case "S" where severity.isEmpty: severity = text
            case "M": message = text
            case "D": detail = text
            case "H": hint = text
            case "P": position = text
            case "s": schema = text
            case "t": table = text
            case "c": column = text
            case "n": constraint = text
            default: break
            }
        }
        try reader.finish()
    }

    init(code: String, message: String, severity: String = "ERROR") {
        self.code = code
        self.message = message
        self.severity = severity
    }

    /// Whether the server ends the connection after this error.
    var isFatal: Bool { severity == "FATAL" || severity == "PANIC" }

    /// The message with what helps to find the cause, for the log.
    var summary: String {
        let extra = [
            detail, hint.map { "hint: \($0)" }, position.map { "at character \($0)" }, constraint.map { "constraint \($0)" },
            table.map { "table \($0)" }, column.map { "column \($0)" },
        ].compactMap(\.self)
        return extra.isEmpty ? "\(message) (\(code))" : "\(message) (\(code); \(extra.joined(separator: "; ")))"
    }
}
