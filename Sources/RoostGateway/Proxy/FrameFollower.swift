/// The position of forwarded bytes within the frames of a WebSocket (RFC 6455 §5.2).
struct FrameFollower {
    /// The received part of a frame's head.
    private var head: [UInt8] = []
    /// The number of payload bytes that are still to come.
    private var rest: UInt64 = 0

    /// Whether another frame can begin here.
    var isBetweenFrames: Bool { head.isEmpty && rest == 0 }

    mutating func follow(_ bytes: [UInt8]) {
        var bytes = bytes[...]
        while !bytes.isEmpty {
            let count = min(rest, UInt64(bytes.count))
            rest -= count
            bytes = bytes.dropFirst(Int(count))
            guard let byte = bytes.popFirst() else { return }
            head.append(byte)
            if let length = payloadLength { (head, rest) = ([], length) }
        }
    }

    /// The length of the payload; `nil` until the head is complete.
    private var payloadLength: UInt64? {
        guard head.count >= 2 else { return nil }
        let short = head[1] & 0x7F, maskLength = head[1] & 0x80 == 0 ? 0 : 4
        let longer = short == 127 ? 8 : short == 126 ? 2 : 0
        guard head.count == 2 + longer + maskLength else { return nil }
        return longer == 0 ? UInt64(short) : head[2..<(2 + longer)].reduce(0) { $0 << 8 | UInt64($1) }
    }
}
