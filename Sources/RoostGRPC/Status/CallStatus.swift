import Roost

/// How a call ended, as header fields or trailers tell it.
enum CallStatus {
    static let ok: Headers = ["grpc-status": "0"]

    /// The fields that tell of a failure.
    static func fields(of problem: Problem, requestID: String) -> Headers {
        let code = StatusCode(problem.status)
        return [
            "grpc-status": String(code.rawValue),
            "grpc-message": StatusMessage.encode(problem.detail ?? problem.title),
            ErrorDetails.field: ErrorDetails.encode(problem, code, requestID: requestID),
        ]
    }

    /// The problem that fields tell of; `nil` where the call ended well.
    /// - Throws: a `Problem` with status 502 where there is no status among them.
    static func problem(in fields: Headers) throws(Problem) -> Problem? {
        guard let text = fields["grpc-status"] else { throw Problem(.badGateway, "The call ended without a status.") }
        let code = Int(text).flatMap(StatusCode.init(rawValue:)) ?? .unknown
        if code == .ok { return nil }
        if let problem = fields[ErrorDetails.field].flatMap(ErrorDetails.decode) { return problem }
        let message = fields["grpc-message"].map(StatusMessage.decode)
        return Problem(code.status, message?.isEmpty == false ? message : nil)
    }
}
