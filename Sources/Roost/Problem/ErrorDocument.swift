/// The shape of a system's errors over REST. It is given once, to `ServiceSystem`, and used wherever an error is written: by the services, by the
/// gateway, and in the documents, which describe its schema.
///
/// `ProblemDocument` is the default. Another shape is a type marked `@Schema`:
///
/// ```swift
/// @Schema struct APIError: ErrorDocument {
///     var error: String
///     var message: String
///
///     init(_ problem: Problem, instance: String, requestID: String) {
///         error = problem.code.rawValue
///         message = problem.message
///     }
/// }
///
/// let shop = ServiceSystem("shop", errors: APIError.self) { … }
/// ```
public protocol ErrorDocument: Schema {
    /// The media type of the documents: `application/json` unless a shape has one of its own.
    static var mediaType: String { get }

    /// Creates the document of a problem.
    /// - Parameters:
    ///   - problem: The problem, as the client may know it.
    ///   - instance: The path of the request that failed.
    ///   - requestID: The identifier under which the logs have the request.
    init(_ problem: Problem, instance: String, requestID: String)

    /// Returns the problem that the document is about, for a client that calls over REST. By default, it has the status alone.
    /// - Parameter status: The status of the response; `nil` if the document ended a stream whose response had begun.
    func problem(status: Status?) -> Problem
}

extension ErrorDocument {
    /// `application/json`.
    public static var mediaType: String { "application/json" }

    /// Returns a problem that has the status alone.
    public func problem(status: Status?) -> Problem { Problem(status ?? .badGateway) }
}

/// A problem document (RFC 9457 §3.1), with this toolkit's extension members.
@Schema(omitsNil: true)
public struct ProblemDocument: ErrorDocument {
    /// A URI reference that names the kind of problem.
    public var type: String?
    /// A short summary of the kind.
    public var title: String?
    /// The HTTP status.
    public var status: Int?
    /// Identifies the kind of problem to programs.
    public var code: String?
    /// What happened this time.
    public var detail: String?
    /// The path of the request that failed.
    public var instance: String?
    /// What to ask for in the logs.
    public var requestId: String?
    /// Every fault of the input.
    public var errors: [Fault]?
}

extension ProblemDocument {
    /// The media type of a problem document (RFC 9457 §3).
    public static let mediaType = "application/problem+json"

    /// Creates the document of a problem.
    public init(_ problem: Problem, instance: String, requestID: String) {
        self.init(
            type: problem.type, title: problem.title, status: problem.status.code, code: problem.code.rawValue, detail: problem.detail,
            instance: instance, requestId: requestID, errors: problem.errors.isEmpty ? nil : problem.errors)
    }

    /// Returns the problem that the document is about. A document that ended a stream is believed about its status.
    public func problem(status given: Status?) -> Problem {
        let own = status.flatMap { (400...599).contains($0) ? Status($0) : nil }
        return Problem(
            given ?? own ?? .badGateway, detail, code: code.map(Problem.Code.init(rawValue:)), type: type ?? "about:blank", title: title,
            errors: errors ?? [])
    }
}
