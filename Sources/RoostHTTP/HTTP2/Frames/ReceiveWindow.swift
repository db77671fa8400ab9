/// How much of a body its sender may send before the reader has taken what came (RFC 9113 §5.2). Pure.
struct ReceiveWindow {
    /// How many bytes the sender may be ahead of the reader.
    let size: Int
    private var taken = 0

    init(size: Int) { self.size = size }

    /// Takes note of bytes that the reader has taken.
    /// - Returns: what to give back now, if it is enough to be worth a frame.
    mutating func take(_ count: Int) -> Int? {
        taken += count
        guard taken > 0, taken >= size / 2 else { return nil }
        defer { taken = 0 }
        return taken
    }

    /// What every stream begins with: 256 KiB, so that a body is not held up by the way to its sender and back.
    static let stream = 256 << 10
    /// What a connection has for all its streams: 1 MiB.
    static let connection = 1 << 20
    /// What a connection has before a WINDOW_UPDATE says otherwise (RFC 9113 §6.9.2).
    static let initialConnection = 65_535
}
