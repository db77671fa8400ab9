import Roost

/// The end of a call as header fields or trailers.
enum CallStatus {
    static let ok: Headers = ["grpc-status": "0"]

    /// Returns the fields of a failure.
    static func fields(of problem: Problem, requestID: String) -> Headers {
        let code = StatusCode(problem.status)
        return [
            "grpc-status": String(code.rawValue),
            "grpc-message": StatusMessage.encode(problem.detail ?? problem.title),
            ErrorDetails.field: ErrorDetails.encode(problem, code, requestID: requestID),
        ]
    }

    /// Returns the problem in fields, or `nil` if the call succeeded.
    /// - Throws: A `Problem` with status 502 if the fields contain no status.
    static func problem(in fields: Headers) throws(Problem) -> Problem? {
        guard let text = fields["grpc-status"] else { throw Problem(.badGateway, "The call ended without a status.") }
        let code = Int(text).flatMap(StatusCode.init(rawValue:)) ?? .unknown
        if code == .ok { return nil }
        if let problem = fields[ErrorDetails.field].flatMap(ErrorDetails.decode) { return problem }
        let message = fields["grpc-message"].map(StatusMessage.decode)
        return Problem(code.status, message?.isEmpty == false ? message : nil)
    }
}
