import Roost

/// Why a request under an `Idempotency-Key` was refused, so that the same refusal is given when the request is repeated.
@Schema(omitsNil: true)
struct Refusal {
    /// The status of the response.
    var status: Int
    /// What was wrong.
    var detail: String?
    /// Every fault of the request.
    var errors: [Fault]
    /// The location of the order that has the cart's content.
    var location: String?
}

extension Refusal {
    /// - Returns: `nil` if the problem is not about the request itself, so that the request can be tried again.
    init?(_ problem: Problem) {
        guard (400..<500).contains(problem.status.code), ![.unauthorized, .forbidden, .tooManyRequests].contains(problem.status),
            problem.headers["retry-after"] == nil
        else { return nil }
        self.init(
            status: problem.status.code, detail: problem.detail, errors: problem.errors, location: problem.headers["location"])
    }

    /// What the client is told.
    var problem: Problem {
        var problem = Problem(Status(status), detail, errors: errors)
        problem.headers["location"] = location
        return problem
    }
}
