import NIOHTTP2
import Roost

extension CallFailure {
    /// - Parameter code: the code of the frame that ended the exchange.
    init(_ progress: Progress, _ cause: any Error, code: HTTP2ErrorCode, isCalleesFault: Bool = false) {
        self.init(progress, cause, code: UInt32(http2ErrorCode: code), isCalleesFault: isCalleesFault)
    }

    /// - Parameter fault: what was wrong with what the server sent, where that is why this side closed.
    static func closed(_ progress: Progress, _ address: HTTPAddress, by fault: (any Error)? = nil) -> CallFailure {
        let how = fault.map { "is not understood (\($0))" } ?? "closed the connection"
        let cause =
            progress == .answered
            ? Problem(.badGateway, "\(address) \(how) in the middle of its answer.")
            : Problem.unavailable("\(address) \(how) before it answered.")
        return CallFailure(progress, cause, isCalleesFault: true)
    }
}
