import NIOHPACK
import Roost

/// The head of a received HTTP/2 request (RFC 9113 §8.3), with the properties that the server itself needs.
struct HTTP2RequestHead {
    private(set) var request = Request(.get, "")
    private(set) var contentLength: Int?
    private(set) var expectsContinue = false
    private(set) var call = CallFields()
    private var cookie = ""
    private var scheme = ""
    private var pseudo: Pseudo = []

    private struct Pseudo: OptionSet {
        let rawValue: UInt8
        static let method = Pseudo(rawValue: 1), scheme = Pseudo(rawValue: 2), path = Pseudo(rawValue: 4), authority = Pseudo(rawValue: 8)
        static let needed: Pseudo = [.method, .scheme, .path]
    }

    /// Parses a head.
    /// - Throws: A `WireFault`. Status 400 means that the request is malformed (RFC 9113 §8.1.1), any other status that it is not
    ///   supported.
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
                guard mayBePseudo else { throw .malformed("A pseudo-header field comes after regular fields.") }
                try takePseudo(name, value)
            } else {
                mayBePseudo = false
                try FieldRules.check(name, value)
                try take(name, value)
            }
        }
        guard pseudo.isSuperset(of: .needed) else { throw .malformed("The method, the scheme or the path is missing.") }
        guard request.path != "*" || request.method == .options else { throw .malformed("The path * is only allowed for OPTIONS.") }
        guard size <= limits.headSize else {
            throw WireFault(.headersTooLarge, "The head must not be larger than \(limits.headSize) bytes.")
        }
        if !cookie.isEmpty { request.headers.add("cookie", cookie) }
    }

    private mutating func takePseudo(_ name: String, _ value: String) throws(WireFault) {
        switch name {
        case ":method":
            try note(.method)
            guard FieldSyntax.isToken(value.utf8) else { throw .malformed("The method is not a token.") }
            guard value != "CONNECT" else { throw WireFault(.notImplemented, "This server is not a proxy.") }
            request.method = value == "POST" ? .post : RequestMethod(rawValue: value)
        case ":scheme":
            try note(.scheme)
            guard value.utf8.allSatisfy(FieldSyntax.isTokenCharacter) else { throw .malformed("The scheme is invalid.") }
            scheme = value
        case ":path":
            try note(.path)
            try takeTarget(value)
        case ":authority":
            try note(.authority)
            guard HostSyntax.isHost(value) else { throw .malformed("The authority is not a valid host.") }
            request.headers.add("host", value)
        default: throw .malformed("The pseudo-header field \(name) is not defined for requests.")
        }
    }

    private mutating func note(_ field: Pseudo) throws(WireFault) {
        guard pseudo.insert(field).inserted else { throw .malformed("A pseudo-header field is repeated.") }
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
        // A client may split its cookies into several fields, which compress better (RFC 9113 §8.2.3).
        case "cookie":
            cookie = cookie.isEmpty ? value : cookie + "; " + value
            return
        case "content-length": try takeLength(value)
        case "expect":
            guard value.lowercased() == "100-continue" else {
                throw WireFault(.expectationFailed, "The only supported expectation is 100-continue.")
            }
            expectsContinue = true
        default: call.note(name, value)
        }
        request.headers.add(name, value)
    }

    /// Checks the host field against the authority, which comes before it if there is one.
    private mutating func takeHost(_ value: String) throws(WireFault) {
        guard HostSyntax.isHost(value) else { throw .malformed("The host field is not a valid host.") }
        guard let authority = request.headers["host"] else { return request.headers.add("host", value) }
        guard HostSyntax.same(authority, value, scheme: scheme) else { throw .malformed("The host field differs from the authority.") }
    }

    private mutating func takeLength(_ value: String) throws(WireFault) {
        guard (1...18).contains(value.utf8.count), value.utf8.allSatisfy({ $0 &- 0x30 < 10 }), let length = Int(value) else {
            throw .malformed("The content-length is not a number of bytes.")
        }
        guard contentLength == nil || contentLength == length else { throw .malformed("The message has different content-length values.") }
        contentLength = length
    }
}
