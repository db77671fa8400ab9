/// An error that is the response to a call: a problem document over REST (RFC 9457), and a status with details over gRPC.
///
/// A `Problem` that a service throws crosses every wire and reaches the caller as the same `Problem`. A caller that does not handle it
/// answers its own caller with 502, unless it passes the problem on (`passingOn(_:from:)`). Any other error becomes a 500 whose cause is
/// logged and never sent.
public struct Problem: Error, Sendable {
    /// The HTTP status, from which gRPC's is derived.
    public var status: Status
    /// Identifies the kind of problem to programs. It follows the status unless the problem was given a code of its own.
    public var code: Code {
        get { ownCode ?? Code(status) }
        set { ownCode = newValue }
    }
    private var ownCode: Code?
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
    /// The error behind the problem. It is logged by the service that answers with the problem, and never sent.
    public var cause: (any Error)?
    /// The operation that answered with this problem, such as `catalog.product`, if it was another service's; `nil` for a problem of this
    /// service.
    public internal(set) var callee: String?

    /// Creates a problem.
    /// - Parameters:
    ///   - status: The HTTP status.
    ///   - detail: What happened this time, for a person.
    ///   - code: Identifies the kind of problem to programs; by default, the code of the status, such as `not_found`.
    ///   - type: A URI reference that names the kind of problem.
    ///   - title: A summary of the kind; by default, the status' reason phrase.
    ///   - errors: Every fault of the input.
    ///   - headers: Fields that the response must bear.
    ///   - cause: The error behind the problem, for the log.
    public init(
        _ status: Status, _ detail: String? = nil, code: Code? = nil, type: String = "about:blank", title: String? = nil,
        errors: [Fault] = [], headers: Headers = [:], cause: (any Error)? = nil
    ) {
        self.status = status
        ownCode = code
        self.type = type
        self.title = title ?? status.reason
        self.detail = detail
        self.errors = errors
        self.headers = headers
        self.cause = cause
    }

    /// What happened, for a person.
    public var message: String { detail ?? title }
}

extension Problem {
    /// A kind of problem. A service may add its own:
    ///
    /// ```swift
    /// extension Problem.Code {
    ///     static let outOfStock = Problem.Code(rawValue: "out_of_stock")
    /// }
    /// ```
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// Lowercase words with underscores in between.
        public let rawValue: String

        /// Creates a code.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// Creates the code of a status, such as `not_found`.
        public init(_ status: Status) {
            rawValue = String(status.reason.lowercased().map { $0.isLetter || $0.isNumber ? $0 : "_" })
        }

        /// A service that this one relies on refused a call, or its response could not be used.
        public static let upstreamError = Code(rawValue: "upstream_error")
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
