import Synchronization

/// Cuts what arrives in pieces into lines. A line longer than a bound is cut there.
final class LineSplitter: Sendable {
    private static let longest = 16384

    private let pending = Mutex<[UInt8]>([])
    private let line: @Sendable (String) -> Void

    init(_ line: @escaping @Sendable (String) -> Void) { self.line = line }

    func append(_ data: ArraySlice<UInt8>) {
        let lines = pending.withLock { pending in
            var lines: [[UInt8]] = []
            for byte in data {
                if byte != UInt8(ascii: "\n") { pending.append(byte) }
                if byte == UInt8(ascii: "\n") || pending.count >= Self.longest {
                    lines.append(pending)
                    pending = []
                }
            }
            return lines
        }
        for bytes in lines { line(String(decoding: bytes, as: UTF8.self)) }
    }

    /// Hands out what is left without a line's end.
    func finish() {
        let rest = pending.withLock { pending in
            defer { pending = [] }
            return pending
        }
        if !rest.isEmpty { line(String(decoding: rest, as: UTF8.self)) }
    }
}
