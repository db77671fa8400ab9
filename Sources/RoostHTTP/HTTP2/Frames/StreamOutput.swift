import Roost

/// The body that is sent on a stream: how much of it waits for the peer's windows, and the writer that waits for room.
struct StreamOutput {
    /// The number of submitted bytes that have not been written.
    private(set) var pending = 0
    /// The total number of bytes written.
    private(set) var written = 0
    /// Whether the last frame of this side has been written.
    private(set) var isComplete = false
    private var writers = WaitingWriters()

    /// The number of pending bytes from which on the writer has to wait.
    private static let capacity = 64 << 10

    var hasRoom: Bool { pending < Self.capacity }

    mutating func submit(_ count: Int) { pending += count }

    mutating func note(written count: Int, isLast: Bool) {
        pending -= count
        written += count
        if isLast { isComplete = true }
        if hasRoom { writers.resume() }
    }

    mutating func awaitRoom(_ writer: WaitingWriters.Writer) {
        if hasRoom { writer.resume() } else { writers.add(writer) }
    }

    /// Fails the waiting writer, because nothing more can be sent.
    mutating func fail(_ error: any Error) { writers.fail(error) }
}
