/// A problem document (RFC 9457 §3.1) with the extension members of Roost.
@Schema(omitsNil: true)
struct ProblemDocument {
    /// A URI reference that names the kind of problem.
    var type: String?
    /// A short summary of the kind.
    var title: String?
    var status: Int?
    /// What happened this time.
    var detail: String?
    /// The path of the request that failed.
    var instance: String?
    /// What to ask for in the logs.
    var requestId: String?
    /// Every fault of the input.
    var errors: [Fault]?
}

extension Problem {
    /// The schema of problem documents.
    public static var schema: JSONSchema { ProblemDocument.schema }
}

extension ProblemDocument {
    init(_ problem: Problem, instance: String, requestID: String) {
        self.init(
            type: problem.type, title: problem.title, status: problem.status.code, detail: problem.detail, instance: instance,
            requestId: requestID, errors: problem.errors.isEmpty ? nil : problem.errors)
    }
}
