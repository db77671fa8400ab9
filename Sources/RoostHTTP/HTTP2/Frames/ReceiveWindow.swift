/// A flow-control window, which limits how far a sender may be ahead of the reader (RFC 9113 §5.2). It does no I/O.
struct ReceiveWindow {
    /// The number of bytes that the sender may be ahead of the reader.
    let size: Int
    private var taken = 0

    init(size: Int) { self.size = size }

    /// Records bytes that the reader has consumed.
    /// - Returns: The number of bytes by which to extend the window, if enough to be worth a frame.
    mutating func take(_ count: Int) -> Int? {
        taken += count
        guard taken > 0, taken >= size / 2 else { return nil }
        defer { taken = 0 }
        return taken
    }

    /// The initial window of a stream: 256 KiB, enough to keep a body flowing over the round trip to its sender.
    static let stream = 256 << 10
    /// The window of a connection for all its streams: 1 MiB.
    static let connection = 1 << 20
    /// The window of a connection before the first WINDOW_UPDATE (RFC 9113 §6.9.2).
    static let initialConnection = 65_535
}
