import Roost

/// An error in the encoding of a received message. The framing is lost, so nothing that follows on the connection can be trusted.
struct WireFault: ProblemConvertible, Hashable {
    let status: Status
    let detail: String

    init(_ status: Status, _ detail: String) {
        self.status = status
        self.detail = detail
    }

    static func malformed(_ detail: String) -> WireFault { WireFault(.badRequest, detail) }

    var problem: Problem { Problem(status, detail) }
}
