import Roost

@testable import RoostHTTP

/// Frames as they are sent (RFC 6455 §5.2), valid and invalid.
enum Frames {
    static func frame(_ opcode: UInt8, _ payload: [UInt8] = [], fin: Bool = true, rsv: UInt8 = 0, masked: Bool = true) -> [UInt8] {
        var bytes: [UInt8] = [(fin ? 0x80 : 0) | rsv << 4 | opcode]
        let mask: UInt8 = masked ? 0x80 : 0
        switch payload.count {
        case ..<126: bytes.append(mask | UInt8(payload.count))
        case ..<65_536: bytes += [mask | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        default: bytes += [mask | 127] + (0..<8).reversed().map { UInt8(payload.count >> ($0 * 8) & 0xFF) }
        }
        guard masked else { return bytes + payload }
        let key: [UInt8] = [0x12, 0x34, 0x56, 0x78]
        return bytes + key + payload.enumerated().map { $1 ^ key[$0 % 4] }
    }

    static func text(_ text: String, fin: Bool = true) -> [UInt8] { frame(1, Array(text.utf8), fin: fin) }
    static func more(_ text: String, fin: Bool = true) -> [UInt8] { frame(0, Array(text.utf8), fin: fin) }
    static func ping(_ text: String = "") -> [UInt8] { frame(9, Array(text.utf8)) }
    static func close(_ code: Int?, _ reason: [UInt8] = []) -> [UInt8] {
        frame(8, code.map { [UInt8($0 >> 8), UInt8($0 & 0xFF)] + reason } ?? [])
    }
}

/// A frame as a server sent it.
struct Frame: Hashable, CustomStringConvertible {
    let opcode: UInt8
    let payload: [UInt8]

    var closeCode: Int? { opcode == 8 && payload.count >= 2 ? Int(payload[0]) << 8 | Int(payload[1]) : nil }

    /// For example `text Hello` or `close 1002`.
    var description: String {
        switch opcode {
        case 8: "close" + (closeCode.map { " \($0)" } ?? "")
        default: [1: "text ", 2: "binary ", 9: "ping ", 10: "pong "][opcode, default: "?"] + String(decoding: payload, as: UTF8.self)
        }
    }

    /// Removes a server's frame from the start of the bytes, or returns `nil` if there is no complete one.
    static func take(from bytes: inout [UInt8]) -> Frame? {
        guard bytes.count >= 2 else { return nil }
        var length = Int(bytes[1]), start = 2
        if length >= 126 {
            let digits = length == 126 ? 2 : 8
            guard bytes.count >= 2 + digits else { return nil }
            length = bytes[2..<(2 + digits)].reduce(0) { $0 << 8 | Int($1) }
            start += digits
        }
        guard bytes.count >= start + length else { return nil }
        defer { bytes.removeFirst(start + length) }
        return Frame(opcode: bytes[0] & 0x0F, payload: Array(bytes[start..<(start + length)]))
    }
}

/// A client that writes its frames itself.
final class FrameClient {
    private let channel: any ByteChannel
    private var received: [UInt8] = []

    /// - Parameter extensions: The value of `sec-websocket-extensions`.
    init(_ server: HTTPServer, by client: PooledHTTPClient, extensions: String? = nil) async throws {
        var request = WebSocketOffer(subprotocols: [], compresses: false).request("/", [:])
        request.headers["sec-websocket-extensions"] = extensions
        switch try await client.upgrade(request, to: HTTPAddress(host: "127.0.0.1", port: server.port)) {
        case .switched(_, let channel): self.channel = channel
        case .refused(let response): throw Problem(response.status)
        }
    }

    func send(_ bytes: [UInt8]) async throws { try await channel.write(bytes) }

    func end() async throws { try await channel.end() }

    /// The next frame, or `nil` at the end.
    func next() async throws -> Frame? {
        while true {
            if let frame = Frame.take(from: &received) { return frame }
            guard let bytes = try await channel.read() else { return nil }
            received += bytes
        }
    }

    /// All frames until the server ends the connection.
    func rest() async throws -> [Frame] {
        var frames: [Frame] = []
        while let frame = try await next() { frames.append(frame) }
        return frames
    }
}

/// Echoes everything on a WebSocket.
let echoSocket: Responder = { _, _ in
    var response = Response(.switchingProtocols)
    response.upgrade = .webSocket(subprotocol: nil) { socket in
        while let message = try await socket.receive() { try await socket.send(message) }
    }
    return response
}
