import Logging
import Roost

/// The header fields that carry a call's context from one service to the next.
struct CallFields {
    var requestID: String?
    var traceparent: String?
    /// How long the caller of a request waits, from `x-request-timeout-ms`. At most an hour.
    var timeout: Duration?
    /// How long the caller of a procedure waits, from `grpc-timeout`. At most an hour.
    var procedureTimeout: Duration?
    var authorization: String?

    /// Records a field if it is one of these. A malformed value is ignored.
    @inline(__always)
    mutating func note(_ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>) {
        switch name.count {
        case 11 where FieldSyntax.equals(name, "traceparent"): traceparent = String(value)
        case 12 where FieldSyntax.equals(name, "x-request-id"): requestID = String(value)
        case 13 where FieldSyntax.equals(name, "authorization"): authorization = String(value)
        case 20 where FieldSyntax.equals(name, "x-request-timeout-ms"): timeout = Self.timeout(String(value))
        default: break
        }
    }

    /// Records a field whose name is in lower case.
    mutating func note(_ name: String, _ value: String) {
        switch name {
        case "traceparent": traceparent = value
        case "x-request-id": requestID = value
        case "authorization": authorization = value
        case "x-request-timeout-ms": timeout = Self.timeout(value)
        case "grpc-timeout": procedureTimeout = Self.timeout(ofMessages: value)
        default: break
        }
    }

    private static func timeout(_ text: String) -> Duration? {
        Int(text).flatMap { $0 > 0 ? .milliseconds(min($0, 3_600_000)) : nil }
    }

    /// Parses up to eight digits and a unit (gRPC over HTTP2, "Timeout").
    private static func timeout(ofMessages text: String) -> Duration? {
        guard text.utf8.count <= 9, let count = Int(text.dropLast()), count > 0 else { return nil }
        let timeout: Duration
        switch text.last {
        case "H": timeout = .seconds(count * 3600)
        case "M": timeout = .seconds(count * 60)
        case "S": timeout = .seconds(count)
        case "m": timeout = .milliseconds(count)
        case "u": timeout = .microseconds(count)
        case "n": timeout = .nanoseconds(count)
        default: return nil
        }
        return min(timeout, .seconds(3600))
    }

    /// Returns the context of a call with these fields.
    /// - Parameters:
    ///   - logger: The logger of the call.
    ///   - callers: Who may have sent the request, which decides whether its timeout is trusted.
    ///   - peer: The address of the peer.
    ///   - isProcedure: Whether the request is a gRPC call.
    func context(logger: Logger, from callers: Callers, at peer: String?, isProcedure: Bool = false) -> RequestContext {
        let timeout = isProcedure ? callers.believed(procedureTimeout: procedureTimeout) : callers.believed(timeout: timeout)
        var context = RequestContext(
            requestID: requestID.flatMap { RequestID.accepts($0) ? $0 : nil } ?? RequestID.next(),
            deadline: timeout.map { .now + $0 },
            trace: traceparent.flatMap(TraceContext.init(traceparent:))?.child(), logger: logger)
        context.authorization = authorization
        context.clientAddress = peer
        return context
    }
}
