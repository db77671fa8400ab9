import Roost

/// The status codes of gRPC (gRPC, "Status codes and their use").
public enum StatusCode: Int, Sendable {
    /// The codes 0 to 8, in the order of their numbers.
    case ok, cancelled, unknown, invalidArgument, deadlineExceeded, notFound, alreadyExists, permissionDenied, resourceExhausted
    /// The codes 9 to 16, in the order of their numbers.
    case failedPrecondition, aborted, outOfRange, unimplemented, `internal`, unavailable, dataLoss, unauthenticated

    /// Returns the code for the HTTP status of a problem. The exact status is in the details.
    init(_ status: Status) {
        self =
            switch status.code {
            case 200..<300: .ok
            case 400, 415, 422: .invalidArgument
            case 401: .unauthenticated
            case 403: .permissionDenied
            case 404: .notFound
            case 409: .aborted
            case 412, 428: .failedPrecondition
            case 413, 429, 431: .resourceExhausted
            case 499: .cancelled
            case 405, 501: .unimplemented
            case 503: .unavailable
            case 408, 504: .deadlineExceeded
            // Not UNAVAILABLE, which clients take as an invitation to call again.
            case 500, 502: .internal
            default: .unknown
            }
    }

    /// The HTTP status for a code without details.
    var status: Status {
        switch self {
        case .ok: .ok
        case .cancelled: 499
        case .invalidArgument, .outOfRange: .badRequest
        case .deadlineExceeded: .gatewayTimeout
        case .notFound: .notFound
        case .alreadyExists, .aborted: .conflict
        case .permissionDenied: .forbidden
        case .resourceExhausted: .tooManyRequests
        case .failedPrecondition: 412
        case .unimplemented: .notImplemented
        case .unavailable: .unavailable
        case .unauthenticated: .unauthorized
        case .unknown, .internal, .dataLoss: .internalError
        }
    }

    /// Creates the code for a server that does not speak gRPC (gRPC, "HTTP to gRPC Status Code Mapping").
    init(ofForeign status: Status) {
        self =
            switch status.code {
            case 400: .internal
            case 401: .unauthenticated
            case 403: .permissionDenied
            case 404: .unimplemented
            case 429, 502, 503, 504: .unavailable
            default: .unknown
            }
    }
}
