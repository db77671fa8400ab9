/// Where in the frames of a WebSocket the bytes that were passed on have come to (RFC 6455 §5.2). Pure.
struct FrameFollower {
    /// What has come of a frame's head.
    private var head: [UInt8] = []
    /// How many bytes of a frame's payload are still to come.
    private var rest: UInt64 = 0

    /// Whether another frame may begin here.
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

    /// The length of what follows the head; `nil` while that is not whole.
    private var payloadLength: UInt64? {
        guard head.count >= 2 else { return nil }
        let short = head[1] & 0x7F, maskLength = head[1] & 0x80 == 0 ? 0 : 4
        let longer = short == 127 ? 8 : short == 126 ? 2 : 0
        guard head.count == 2 + longer + maskLength else { return nil }
        return longer == 0 ? UInt64(short) : head[2..<(2 + longer)].reduce(0) { $0 << 8 | UInt64($1) }
    }
}
