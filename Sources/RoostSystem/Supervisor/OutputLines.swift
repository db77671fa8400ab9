/// Cuts what a process writes into lines: pure, fed with whatever has come. A line longer than a bound is cut there, so that nothing of it
/// is lost.
struct OutputLines {
    private static let longest = 16384

    private var pending: [UInt8] = []

    /// - Returns: the lines that are whole now.
    mutating func append(_ data: ArraySlice<UInt8>) -> [String] {
        var lines: [String] = []
        for byte in data {
            if byte != UInt8(ascii: "\n") { pending.append(byte) }
            if byte == UInt8(ascii: "\n") || pending.count >= Self.longest { lines.append(take()) }
        }
        return lines
    }

    /// What is left without a line's end.
    mutating func finish() -> String? { pending.isEmpty ? nil : take() }

    private mutating func take() -> String {
        defer { pending = [] }
        return String(decoding: pending, as: UTF8.self)
    }
}
