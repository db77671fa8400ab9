import NIOHPACK
import Roost

/// A request's head as HTTP/2 carries it (RFC 9113 §8.3), with what the server itself needs of it.
struct HTTP2RequestHead {
    private(set) var request = Request(.get, "")
    private(set) var contentLength: Int?
    private(set) var expectsContinue = false
    private(set) var call = CallFields()
    /// Whether the body is a sequence of messages that may go on for ever; whoever reads it limits each message.
    private(set) var isMessages = false
    private var cookie = ""
    private var scheme = ""
    private var pseudo: Pseudo = []

    private struct Pseudo: OptionSet {
        let rawValue: UInt8
        static let method = Pseudo(rawValue: 1), scheme = Pseudo(rawValue: 2), path = Pseudo(rawValue: 4), authority = Pseudo(rawValue: 8)
        static let needed: Pseudo = [.method, .scheme, .path]
    }

    /// - Throws: `WireFault`; with status 400 the request is malformed (RFC 9113 §8.1.1), else it is one that is not served.
    init(_ headers: HPACKHeaders, limits: HTTPLimits) throws(WireFault) {
        guard headers.count <= limits.fieldCount + 4 else {
            throw WireFault(.headersTooLarge, "There are more than \(limits.fieldCount) header fields.")
        }
        request.version = .http2
        request.headers.reserveCapacity(headers.count)
        var size = 0
        var mayBePseudo = true
        for (name, value, _) in headers {
            size += name.utf8.count + value.utf8.count + 4
            if FieldRules.isPseudo(name) {
                guard mayBePseudo else { throw .malformed("A pseudo field comes after other fields.") }
                try takePseudo(name, value)
            } else {
                mayBePseudo = false
                try FieldRules.check(name, value)
                try take(name, value)
            }
        }
        guard pseudo.isSuperset(of: .needed) else { throw .malformed("The method, the scheme or the path is missing.") }
        guard request.path != "*" || request.method == .options else { throw .malformed("Of the whole server only OPTIONS can ask.") }
        guard size <= limits.headSize else {
            throw WireFault(.headersTooLarge, "The head must not be larger than \(limits.headSize) bytes.")
        }
        if !cookie.isEmpty { request.headers.add("cookie", cookie) }
    }

    private mutating func takePseudo(_ name: String, _ value: String) throws(WireFault) {
        switch name {
        case ":method":
            try note(.method)
            guard FieldSyntax.isToken(value.utf8) else { throw .malformed("The method is no token.") }
            guard value != "CONNECT" else { throw WireFault(.notImplemented, "This is no proxy.") }
            request.method = value == "POST" ? .post : Method(rawValue: value)
        case ":scheme":
            try note(.scheme)
            guard value.utf8.allSatisfy(FieldSyntax.isTokenCharacter) else { throw .malformed("The scheme is none.") }
            scheme = value
        case ":path":
            try note(.path)
            try takeTarget(value)
        case ":authority":
            try note(.authority)
            guard HostSyntax.isHost(value) else { throw .malformed("The authority names no host.") }
            request.headers.add("host", value)
        default: throw .malformed("There is no pseudo field \(name) in a request.")
        }
    }

    private mutating func note(_ field: Pseudo) throws(WireFault) {
        guard pseudo.insert(field).inserted else { throw .malformed("A pseudo field comes twice.") }
    }

    private mutating func takeTarget(_ target: String) throws(WireFault) {
        guard target.utf8.first == UInt8(ascii: "/") || target == "*", target.utf8.allSatisfy(RequestHead.isTargetCharacter) else {
            throw .malformed("The path must begin with a slash and be percent-encoded.")
        }
        guard let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) else {
            request.path = PercentCoding.normalized(target)
            return
        }
        request.path = PercentCoding.normalized(String(target[..<mark]))
        request.query = String(target[target.utf8.index(after: mark)...])
    }

    private mutating func take(_ name: String, _ value: String) throws(WireFault) {
        switch name {
        case "host": return try takeHost(value)
        // A client may send its cookies in crumbs, which compress better (RFC 9113 §8.2.3).
        case "cookie":
            cookie = cookie.isEmpty ? value : cookie + "; " + value
            return
        case "content-length": try takeLength(value)
        case "content-type": isMessages = value.hasPrefix("application/grpc")
        case "expect":
            guard value.lowercased() == "100-continue" else {
                throw WireFault(.expectationFailed, "The only expectation understood is 100-continue.")
            }
            expectsContinue = true
        default: call.note(name, value)
        }
        request.headers.add(name, value)
    }

    /// The pseudo fields come first, so the authority is known where there is one.
    private mutating func takeHost(_ value: String) throws(WireFault) {
        guard HostSyntax.isHost(value) else { throw .malformed("The host field names no host.") }
        guard let authority = request.headers["host"] else { return request.headers.add("host", value) }
        guard HostSyntax.same(authority, value, scheme: scheme) else { throw .malformed("The host field is not the authority.") }
    }

    private mutating func takeLength(_ value: String) throws(WireFault) {
        guard (1...18).contains(value.utf8.count), value.utf8.allSatisfy({ $0 &- 0x30 < 10 }), let length = Int(value) else {
            throw .malformed("The content-length is no number of bytes.")
        }
        guard contentLength == nil || contentLength == length else { throw .malformed("Two values of content-length differ.") }
        contentLength = length
    }
}
