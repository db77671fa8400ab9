/// Splits the output of a process into lines. A line that exceeds a limit is split, so that nothing is lost. (The sequence of lines of
/// swift-subprocess fails there instead.)
package struct OutputLines {
    private static let longest = 16384

    private var pending: [UInt8] = []

    package init() {}

    /// Adds output.
    /// - Returns: The complete lines.
    package mutating func append(_ bytes: some Sequence<UInt8>) -> [String] {
        var lines: [String] = []
        for byte in bytes {
            if byte != UInt8(ascii: "\n") { pending.append(byte) }
            if byte == UInt8(ascii: "\n") || pending.count >= Self.longest { lines.append(take()) }
        }
        return lines
    }

    /// Returns the incomplete last line, if there is one.
    package mutating func finish() -> String? { pending.isEmpty ? nil : take() }

    private mutating func take() -> String {
        defer { pending = [] }
        return String(decoding: pending, as: UTF8.self)
    }
}
