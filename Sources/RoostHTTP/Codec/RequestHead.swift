import Roost

/// The head of a received request, with the properties that the server itself needs.
struct RequestHead {
    var method = RequestMethod.get
    var path = ""
    var query = ""
    var headers = Headers()
    /// Whether the version is HTTP/1.0 and not 1.1.
    var isOld = false
    var framing = MessageFraming.none
    /// Whether the connection stays open after the response (RFC 9112 §9.3).
    var keepsAlive = true
    var expectsContinue = false
    /// Whether the request asks to switch protocols (RFC 9110 §7.8).
    var asksForUpgrade = false
    var call = CallFields()
    /// The host of a target in absolute form, which replaces the host field.
    private var authority: String?
    /// Whether the target is in absolute form.
    var isAbsolute: Bool { authority != nil }

    /// Parses a head.
    /// - Parameters:
    ///   - bytes: The head with the empty line that ends it.
    ///   - limits: The limits, of which the number of fields applies here.
    init(_ bytes: UnsafeBufferPointer<UInt8>, limits: HTTPLimits) throws(WireFault) {
        var lines = HeadLines(bytes)
        guard let first = try lines.next() else { throw .malformed("The request line is missing.") }
        try readRequestLine(first)
        try readFields(&lines, limits)
    }

    private mutating func readFields(_ lines: inout HeadLines, _ limits: HTTPLimits) throws(WireFault) {
        var fields: [(name: String, value: String)] = []
        fields.reserveCapacity(12)
        var framingFields = FramingFields()
        var hosts = 0
        while let (name, value) = try lines.nextField() {
            guard fields.count < limits.fieldCount else {
                throw WireFault(.headersTooLarge, "There are more than \(limits.fieldCount) header fields.")
            }
            fields.append((String(name), String(value)))
            switch name.count {
            case 4 where FieldSyntax.equals(name, "host"):
                hosts += 1
                guard HostSyntax.isHost(value) else { throw .malformed("The host field is not a valid host.") }
            case 6 where FieldSyntax.equals(name, "expect"): try noteExpectation(value)
            case 7 where FieldSyntax.equals(name, "upgrade"): asksForUpgrade = true
            default:
                try framingFields.note(name, value)
                call.note(name, value)
            }
        }
        guard hosts == 1 || hosts == 0 && isOld else { throw .malformed("There must be exactly one host field.") }
        headers = Headers(fields)
        if let authority { headers["host"] = authority }
        try settle(framingFields)
    }

    private mutating func settle(_ fields: FramingFields) throws(WireFault) {
        // An HTTP/1.0 intermediary would not understand the coding (RFC 9112 §6.1).
        if isOld, fields.isChunked { throw .malformed("HTTP/1.0 does not support transfer codings.") }
        framing = try fields.framing() ?? .none
        if framing == .length(0) { framing = .none }
        keepsAlive = !fields.closes && (!isOld || fields.keepsAlive)
        if isOld || framing == .none { expectsContinue = false }
        if isOld || framing != .none || !fields.upgrades { asksForUpgrade = false }
    }

    private mutating func noteExpectation(_ value: UnsafeBufferPointer<UInt8>) throws(WireFault) {
        guard FieldSyntax.equals(value, "100-continue") else {
            throw WireFault(.expectationFailed, "The only supported expectation is 100-continue.")
        }
        expectsContinue = true
    }

    /// Returns whether a byte may be part of a request target. All others must be percent-encoded (RFC 3986 §2).
    @inline(__always)
    static func isTargetCharacter(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "#") }
}

extension RequestHead {
    /// Reads `method SP target SP version` (RFC 9112 §3).
    private mutating func readRequestLine(_ line: UnsafeBufferPointer<UInt8>) throws(WireFault) {
        let shape = WireFault.malformed("The request line is not a method, a target and a version.")
        guard let space = line.firstIndex(of: 0x20), let last = line.lastIndex(of: 0x20), last > space + 1 else { throw shape }
        let name = line[..<space]
        guard FieldSyntax.isToken(name) else { throw shape }
        method = RequestMethod(rawValue: String(UnsafeBufferPointer(rebasing: name)))
        try readVersion(UnsafeBufferPointer(rebasing: line[(last + 1)...]), otherwise: shape)
        try readTarget(UnsafeBufferPointer(rebasing: line[(space + 1)..<last]))
    }

    private mutating func readVersion(_ text: UnsafeBufferPointer<UInt8>, otherwise shape: WireFault) throws(WireFault) {
        guard text.count == 8, FieldSyntax.equals(UnsafeBufferPointer(rebasing: text[..<5]), "http/"), text[0] == UInt8(ascii: "H"),
            text[5] &- 0x30 < 10, text[6] == UInt8(ascii: "."), text[7] &- 0x30 < 10
        else { throw shape }
        guard text[5] == UInt8(ascii: "1") else { throw WireFault(.versionNotSupported, "This server supports HTTP/1.1 and HTTP/1.0.") }
        isOld = text[7] == UInt8(ascii: "0")
    }

    private mutating func readTarget(_ target: UnsafeBufferPointer<UInt8>) throws(WireFault) {
        guard target.allSatisfy(Self.isTargetCharacter) else {
            throw .malformed("The request target contains characters that must be percent-encoded.")
        }
        guard method.rawValue != "CONNECT" else { throw WireFault(.notImplemented, "This server is not a proxy.") }
        guard target[0] != UInt8(ascii: "/") else { return split(target) }
        if target.count == 1, target[0] == UInt8(ascii: "*"), method == .options { return split(target) }
        try readAbsolute(target)
    }

    /// Reads a target in absolute form, which every server must accept. The host field is then ignored (RFC 9112 §3.2.2).
    private mutating func readAbsolute(_ target: UnsafeBufferPointer<UInt8>) throws(WireFault) {
        let scheme = target.prefix { $0 != UInt8(ascii: "/") }
        let start = scheme.count + 2
        guard [5, 6].contains(scheme.count), start < target.count, target[start - 1] == UInt8(ascii: "/"),
            ["http:", "https:"].contains(String(UnsafeBufferPointer(rebasing: scheme)).lowercased())
        else { throw .malformed("The request target must begin with a slash.") }
        let rest = target[start...].drop { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
        let host = UnsafeBufferPointer(rebasing: target[start..<rest.startIndex])
        guard !host.isEmpty, host[0] != UInt8(ascii: ":"), HostSyntax.isHost(host) else {
            throw .malformed("The request target does not name a valid host.")
        }
        authority = String(host)
        split(UnsafeBufferPointer(rebasing: rest))
        // Only OPTIONS can address the server as a whole (RFC 9112 §3.2.4).
        if path.isEmpty { path = method == .options && query.isEmpty ? "*" : "/" }
    }

    private mutating func split(_ target: UnsafeBufferPointer<UInt8>) {
        guard let mark = target.firstIndex(of: UInt8(ascii: "?")) else {
            path = PercentCoding.normalized(String(target))
            return
        }
        path = PercentCoding.normalized(String(UnsafeBufferPointer(rebasing: target[..<mark])))
        query = String(UnsafeBufferPointer(rebasing: target[(mark + 1)...]))
    }
}
