import NIOHTTP2
import Roost

extension CallFailure {
    /// Creates a failure.
    /// - Parameter code: The code of the frame that ended the exchange.
    init(_ progress: Progress, _ cause: any Error, code: HTTP2ErrorCode, isCalleesFault: Bool = false) {
        self.init(progress, cause, code: UInt32(http2ErrorCode: code), isCalleesFault: isCalleesFault)
    }

    /// Returns the failure of an exchange whose connection was closed.
    /// - Parameter fault: What was wrong with the response, if this side closed the connection because of it.
    static func closed(_ progress: Progress, _ address: HTTPAddress, by fault: (any Error)? = nil) -> CallFailure {
        let how = fault.map { "is not understood (\($0))" } ?? "closed the connection"
        let cause =
            progress == .answered
            ? Problem(.badGateway, "\(address) \(how) in the middle of its answer.")
            : Problem.unavailable("\(address) \(how) before it answered.")
        return CallFailure(progress, cause, isCalleesFault: true)
    }
}
