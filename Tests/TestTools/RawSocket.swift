import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A plain TCP connection without event loops: it reads only what the test asks for, however much the peer sends.
public final class RawSocket: Sendable {
    /// A system call that failed.
    public struct Failure: Error {
        /// The name of the call.
        public let call: String
        /// The number of the error (errno(3)).
        public let code: Int32
    }

    private let descriptor: Int32
    /// Runs the blocking calls.
    private let queue = DispatchQueue(label: "test.socket")

    /// - Parameters:
    ///   - receiveBuffer: How many bytes the operating system buffers before the test reads them; `nil` for its default.
    ///   - timeout: How long a call may wait for the peer before it fails.
    public init(_ port: Int, receiveBuffer: Int32? = nil, timeout: Int = 50) throws {
        descriptor = try Self.checked("socket", socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
        if var size = receiveBuffer { setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size)) }
        var limit = timeval(tv_sec: timeout, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let descriptor = descriptor
        let status = withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        _ = try Self.checked("connect", status)
    }

    deinit { close(descriptor) }

    /// Sends bytes, and returns once the system has taken all of them.
    public func send(_ bytes: [UInt8]) async throws {
        try await onQueue { descriptor in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                rest = rest.dropFirst(try Self.checked("send", count))
            }
        }
    }

    /// Sends text as UTF-8.
    public func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    /// The next bytes, at most `limit`; empty after the peer has ended.
    public func receive(upTo limit: Int) async throws -> [UInt8] {
        try await onQueue { descriptor in
            var bytes = [UInt8](repeating: 0, count: limit)
            let count = try Self.checked("recv", recv(descriptor, &bytes, limit, 0))
            return Array(bytes.prefix(count))
        }
    }

    private func onQueue<Result: Sendable>(_ body: @escaping @Sendable (Int32) throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { [self] in continuation.resume(with: Swift.Result { try body(descriptor) }) }
        }
    }

    private static func checked<Count: SignedInteger>(_ call: String, _ result: Count) throws -> Count {
        guard result >= 0 else { throw Failure(call: call, code: errno) }
        return result
    }
}

/// Reads messages from a connection piece by piece.
public struct RawReader {
    private let socket: RawSocket
    /// The largest number of bytes to read at a time.
    private let step: Int
    private var buffer: [UInt8] = []
    private var start = 0

    /// Creates a reader.
    /// - Parameters:
    ///   - socket: The connection.
    ///   - step: The largest number of bytes to take at a time.
    public init(_ socket: RawSocket, step: Int = 1 << 20) {
        self.socket = socket
        self.step = step
    }

    /// The connection ended before the message did.
    public struct Ended: Error {}

    /// An HTTP/1 response: its head as text, and its body, in any framing.
    public mutating func response() async throws -> (head: String, body: [UInt8]) {
        var head = ""
        repeat { head += try await line() } while !head.hasSuffix("\r\n\r\n")
        let fields = head.lowercased()
        if fields.contains("\r\ntransfer-encoding: chunked\r\n") { return (head, try await chunks()) }
        guard let field = fields.firstRange(of: "\r\ncontent-length: ") else { return (head, []) }
        return (head, try await bytes(Int(fields[field.upperBound...].prefix { $0.isNumber }) ?? 0))
    }

    /// Exactly this many bytes.
    public mutating func bytes(_ count: Int) async throws -> [UInt8] {
        while buffer.count - start < count { try await fill() }
        defer { drop(count) }
        return Array(buffer[start..<(start + count)])
    }

    /// A WebSocket frame as a server sends it (RFC 6455 §5.2).
    public mutating func frame() async throws -> (opcode: UInt8, payload: [UInt8]) {
        let head = try await bytes(2)
        let length =
            switch head[1] & 0x7F {
            case 126: try await bytes(2).reduce(0) { $0 << 8 | Int($1) }
            case 127: try await bytes(8).reduce(0) { $0 << 8 | Int($1) }
            case let short: Int(short)
            }
        return (head[0] & 0x0F, try await bytes(length))
    }

    /// Whether the peer has ended the connection without sending more.
    public mutating func isAtEnd() async throws -> Bool {
        do { try await fill() } catch is Ended { return buffer.count == start }
        return false
    }

    private mutating func chunks() async throws -> [UInt8] {
        var whole: [UInt8] = []
        while true {
            let size = Int(try await line().dropLast(), radix: 16) ?? 0
            let chunk = try await bytes(size + 2)
            if size == 0 { return whole }
            whole += chunk.dropLast(2)
        }
    }

    /// A line with its line break.
    private mutating func line() async throws -> String {
        while true {
            if let feed = buffer[start...].firstIndex(of: 10) { return String(decoding: try await bytes(feed + 1 - start), as: UTF8.self) }
            try await fill()
        }
    }

    private mutating func fill() async throws {
        let piece = try await socket.receive(upTo: step)
        if piece.isEmpty { throw Ended() }
        buffer += piece
    }

    private mutating func drop(_ count: Int) {
        start += count
        if start == buffer.count { (buffer, start) = ([], 0) }
    }
}
