/// What went wrong, as the caller sees it: a problem document (RFC 9457).
///
/// A `Problem` that a service throws reaches the caller as the same `Problem`, in every protocol. Any other error becomes a 500, whose
/// cause is logged and never sent.
public struct Problem: Error, Sendable {
    /// The status of the response.
    public var status: Status
    /// A URI reference that names the kind of problem; `about:blank` if the status says it all.
    public var type: String
    /// A short summary of the kind, the same for every occurrence.
    public var title: String
    /// What happened this time, for a person.
    public var detail: String?
    /// Every fault of the input, for a 422.
    public var errors: [Fault]
    /// Header fields that the response must have, such as `Retry-After` or `Allow`.
    public var headers: Headers

    /// Creates a problem.
    /// - Parameters:
    ///   - status: The status of the response.
    ///   - detail: What happened this time, for a person.
    ///   - type: A URI reference that names the kind of problem.
    ///   - title: A short summary of the kind; the status's reason phrase if left out.
    ///   - errors: Every fault of the input.
    ///   - headers: Header fields that the response must have.
    public init(
        _ status: Status, _ detail: String? = nil, type: String = "about:blank", title: String? = nil,
        errors: [Fault] = [], headers: Headers = [:]
    ) {
        self.status = status
        self.type = type
        self.title = title ?? status.reason
        self.detail = detail
        self.errors = errors
        self.headers = headers
    }
}

extension Problem {
    /// Returns a problem with status 422, for input that was understood but breaks rules, with all of its faults.
    public static func invalid(_ errors: [Fault]) -> Problem {
        let count = errors.count == 1 ? "one fault" : "\(errors.count) faults"
        return Problem(.unprocessable, "The request has \(count).", errors: errors)
    }

    /// Returns a problem with status 413.
    /// - Parameter limit: The largest number of bytes that is accepted.
    public static func tooLarge(limit: Int) -> Problem {
        Problem(.contentTooLarge, "The body must not be larger than \(limit) bytes.")
    }

    /// Returns a problem with status 503 and `Retry-After` (RFC 9110 §10.2.3).
    /// - Parameters:
    ///   - detail: What happened, for a person.
    ///   - seconds: The number of seconds after which to try again.
    public static func unavailable(_ detail: String, retryAfter seconds: Int = 1) -> Problem {
        Problem(.unavailable, detail, headers: ["retry-after": String(seconds)])
    }
}

extension Problem: CustomStringConvertible {
    /// The status, the detail and the faults, on one line.
    public var description: String {
        let faults = errors.map { "\($0.pointer) \($0.message)" }.joined(separator: "; ")
        return [status.description, detail, faults.isEmpty ? nil : faults].compactMap(\.self).joined(separator: ": ")
    }
}
