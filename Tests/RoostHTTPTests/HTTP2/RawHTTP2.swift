import NIOCore

@testable import RoostHTTP

/// A frame as it is sent (RFC 9113 §4.1).
struct RawFrame: CustomStringConvertible {
    enum Kind: UInt8 {
        case data, headers, priority, reset, settings, push, ping, goAway, windowUpdate, continuation
    }

    static let endStream: UInt8 = 1
    static let ack: UInt8 = 1
    static let endHeaders: UInt8 = 4
    static let padded: UInt8 = 8

    var kind: Kind
    var flags: UInt8 = 0
    var stream = 0
    var payload: [UInt8] = []

    var bytes: [UInt8] { Self.number(payload.count, 3) + [kind.rawValue, flags] + Self.number(stream, 4) + payload }

    /// The last four of the first eight bytes: the error code in GOAWAY, and the only bytes in RST_STREAM.
    var code: Int { payload.dropFirst(kind == .goAway ? 4 : 0).prefix(4).reduce(0) { $0 << 8 | Int($1) } }
    var lastStream: Int { payload.prefix(4).reduce(0) { $0 << 8 | Int($1) } }
    var endsStream: Bool { flags & Self.endStream != 0 && (kind == .data || kind == .headers) }
    var description: String { "\(kind) flags \(flags) stream \(stream) \(payload.prefix(40))" }

    static func headers(_ stream: Int, _ fields: [(String, String)], ends: Bool = true) -> RawFrame {
        RawFrame(kind: .headers, flags: endHeaders | (ends ? endStream : 0), stream: stream, payload: fields.flatMap(field))
    }

    static func request(_ stream: Int, _ method: String = "GET", _ path: String = "/", _ more: [(String, String)] = [], ends: Bool = true)
        -> RawFrame
    {
        headers(stream, [(":method", method), (":scheme", "http"), (":path", path), (":authority", "x")] + more, ends: ends)
    }

    static func data(_ stream: Int, _ bytes: [UInt8], ends: Bool = false) -> RawFrame {
        RawFrame(kind: .data, flags: ends ? endStream : 0, stream: stream, payload: bytes)
    }

    static func reset(_ stream: Int, _ code: Int = 8) -> RawFrame { RawFrame(kind: .reset, stream: stream, payload: number(code, 4)) }

    static func windowUpdate(_ stream: Int, _ increment: Int) -> RawFrame {
        RawFrame(kind: .windowUpdate, stream: stream, payload: number(increment, 4))
    }

    static func settings(_ values: [(Int, Int)] = []) -> RawFrame {
        RawFrame(kind: .settings, payload: values.flatMap { number($0.0, 2) + number($0.1, 4) })
    }

    static func ping(_ payload: [UInt8] = [UInt8](repeating: 0, count: 8), isAck: Bool = false) -> RawFrame {
        RawFrame(kind: .ping, flags: isAck ? ack : 0, payload: payload)
    }

    /// A literal field, neither compressed nor indexed (RFC 7541 §6.2.2).
    static func field(_ name: String, _ value: String) -> [UInt8] { [0] + string(name) + string(value) }

    static func string(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        if bytes.count < 127 { return [UInt8(bytes.count)] + bytes }
        var (length, rest) = ([UInt8(127)], bytes.count - 127)
        while rest >= 128 {
            length.append(UInt8(rest & 127 | 128))
            rest >>= 7
        }
        return length + [UInt8(rest)] + bytes
    }

    static func number(_ value: Int, _ size: Int) -> [UInt8] { (0..<size).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }
}

/// A peer that speaks HTTP/2 frame by frame, correctly or not, as the test decides.
final class RawHTTP2 {
    let wire: Wire
    private var bytes: ArraySlice<UInt8> = []

    init(_ wire: Wire) { self.wire = wire }

    /// Connects as a client, sends the preface and settings, and acknowledges those of the server.
    static func connect(_ server: HTTPServer, _ settings: [(Int, Int)] = []) async throws -> RawHTTP2 {
        let raw = RawHTTP2(try await Wire.connect(server.port))
        try await raw.wire.send(Array(ProtocolChoice.preface.readableBytesView) + RawFrame.settings(settings).bytes)
        _ = try await raw.next { $0.kind == .settings && $0.flags == 0 }
        try await raw.send(RawFrame(kind: .settings, flags: RawFrame.ack))
        return raw
    }

    /// Reads the preface of a client, and responds with settings.
    static func accept(_ wire: Wire, _ settings: [(Int, Int)] = []) async throws -> RawHTTP2 {
        let raw = RawHTTP2(wire)
        while raw.bytes.count < ProtocolChoice.preface.readableBytes, let piece = try await wire.next() { raw.bytes += piece }
        raw.bytes = raw.bytes.dropFirst(ProtocolChoice.preface.readableBytes)
        try await raw.send(.settings(settings))
        _ = try await raw.next { $0.kind == .settings && $0.flags == 0 }
        try await raw.send(RawFrame(kind: .settings, flags: RawFrame.ack))
        return raw
    }

    func send(_ frames: RawFrame...) async throws { try await wire.send(frames.flatMap(\.bytes)) }
    func send(_ frames: [RawFrame]) async throws { try await wire.send(frames.flatMap(\.bytes)) }

    /// The next frame, or `nil` after the peer has closed.
    func next() async throws -> RawFrame? {
        while true {
            if bytes.count >= 9 {
                let head = Array(bytes.prefix(9))
                let length = head[..<3].reduce(0) { $0 << 8 | Int($1) }
                if bytes.count >= 9 + length {
                    let payload = Array(bytes.dropFirst(9).prefix(length))
                    bytes = bytes.dropFirst(9 + length)
                    let stream = head[5...].reduce(0) { $0 << 8 | Int($1) }
                    guard let kind = RawFrame.Kind(rawValue: head[3]) else { continue }
                    return RawFrame(kind: kind, flags: head[4], stream: stream, payload: payload)
                }
            }
            guard let piece = try await wire.next() else { return nil }
            bytes += piece
        }
    }

    /// The next matching frame; frames before it are skipped.
    func next(where isSuch: (RawFrame) -> Bool) async throws -> RawFrame? {
        while let frame = try await next() { if isSuch(frame) { return frame } }
        return nil
    }

    /// All frames until the peer closes.
    func rest() async throws -> [RawFrame] {
        var frames: [RawFrame] = []
        while let frame = try await next() { frames.append(frame) }
        return frames
    }

    /// The frames of a stream, to its end or its reset.
    func answer(on stream: Int) async throws -> [RawFrame] {
        var frames: [RawFrame] = []
        while let frame = try await next() {
            guard frame.stream == stream, [.data, .headers, .reset].contains(frame.kind) else { continue }
            frames.append(frame)
            if frame.kind == .reset || frame.endsStream { return frames }
        }
        return frames
    }
}

/// Error codes (RFC 9113 §7).
enum RawCode {
    static let none = 0, protocolError = 1, flowControl = 3, refused = 7, cancel = 8, calm = 11
}

extension [RawFrame] {
    /// The body of a response.
    var text: String { String(decoding: filter { $0.kind == .data }.flatMap(\.payload), as: UTF8.self) }
}
