/// Splits the output of a process into lines. A line that exceeds a limit is split, so that nothing is lost.
struct OutputLines {
    private static let longest = 16384

    private var pending: [UInt8] = []

    /// Adds output.
    /// - Returns: The complete lines.
    mutating func append(_ data: ArraySlice<UInt8>) -> [String] {
        var lines: [String] = []
        for byte in data {
            if byte != UInt8(ascii: "\n") { pending.append(byte) }
            if byte == UInt8(ascii: "\n") || pending.count >= Self.longest { lines.append(take()) }
        }
        return lines
    }

    /// Returns the incomplete last line, if there is one.
    mutating func finish() -> String? { pending.isEmpty ? nil : take() }

    private mutating func take() -> String {
        defer { pending = [] }
        return String(decoding: pending, as: UTF8.self)
    }
}
