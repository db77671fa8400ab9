import Logging
import Roost

/// The header fields that carry a call's context from one service to the next.
struct CallFields {
    var requestID: String?
    var traceparent: String?
    var authorization: String?

    /// Records a field if it is one of these. A malformed value is ignored.
    @inline(__always)
    mutating func note(_ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>) {
        switch name.count {
        case 11 where FieldSyntax.equals(name, "traceparent"): traceparent = String(value)
        case 12 where FieldSyntax.equals(name, "x-request-id"): requestID = String(value)
        case 13 where FieldSyntax.equals(name, "authorization"): authorization = String(value)
        default: break
        }
    }

    /// Records a field whose name is in lower case.
    mutating func note(_ name: String, _ value: String) {
        switch name {
        case "traceparent": traceparent = value
        case "x-request-id": requestID = value
        case "authorization": authorization = value
        default: break
        }
    }

    /// Returns the context of a call with these fields.
    /// - Parameters:
    ///   - logger: The logger of the call.
    ///   - peer: The address of the peer.
    ///   - timeout: How long the caller waits, as far as that is trusted; `nil` if it waits without limit.
    func context(logger: Logger, at peer: String?, within timeout: Duration?) -> RequestContext {
        RequestContext(
            RequestContext.Fields(
                requestID: requestID.flatMap { RequestID.accepts($0) ? $0 : nil } ?? RequestID.next(),
                deadline: timeout.map { .now + $0 },
                trace: traceparent.flatMap(TraceContext.init(traceparent:))?.child() ?? .root(), authorization: authorization,
                clientAddress: peer, logger: logger))
    }
}
