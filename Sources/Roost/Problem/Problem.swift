/// What went wrong, as its receiver is told: a problem document (RFC 9457).
///
/// A `Problem` thrown by a service crosses every wire and reaches the caller as the same `Problem`. Any other error
/// becomes a 500 whose cause is logged and never sent.
public struct Problem: Error, Sendable {
    public var status: Status
    /// A URI reference that names the kind of problem; `about:blank` says no more than the status.
    public var type: String
    /// A short summary of the kind, the same for every occurrence.
    public var title: String
    /// What happened this time, for a person.
    public var detail: String?
    /// Every fault of the input, for a 422.
    public var errors: [Fault]
    /// Fields that the response must bear, such as `Retry-After` or `Allow`.
    public var headers: Headers

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
    /// 422: input that was understood and breaks rules. The faults are all of them, not the first.
    public static func invalid(_ errors: [Fault]) -> Problem {
        let count = errors.count == 1 ? "one fault" : "\(errors.count) faults"
        return Problem(.unprocessable, "The request has \(count).", errors: errors)
    }

    /// 413.
    /// - Parameter limit: the most bytes that are taken.
    public static func tooLarge(limit: Int) -> Problem {
        Problem(.contentTooLarge, "The body must not be larger than \(limit) bytes.")
    }

    /// 503, with `Retry-After` (RFC 9110 §10.2.3).
    /// - Parameter seconds: when to try again.
    public static func unavailable(_ detail: String, retryAfter seconds: Int = 1) -> Problem {
        Problem(.unavailable, detail, headers: ["retry-after": String(seconds)])
    }
}

extension Problem: CustomStringConvertible {
    public var description: String {
        let faults = errors.map { "\($0.pointer) \($0.message)" }.joined(separator: "; ")
        return [status.description, detail, faults.isEmpty ? nil : faults].compactMap(\.self).joined(separator: ": ")
    }
}
