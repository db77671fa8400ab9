import Roost

/// Splits bytes that arrive in pieces into lines.
struct LineSplitter {
    /// The longest line, in bytes.
    let limit: Int
    /// Whether lines of white space count.
    let keepsEmpty: Bool
    private var bytes: [UInt8] = []
    private var start = 0
    /// The number of bytes of the line at `start` that contain no line end, so that a long line in small pieces is searched once.
    private var searched = 0

    init(limit: Int, keepsEmpty: Bool = false) {
        self.limit = limit
        self.keepsEmpty = keepsEmpty
    }

    mutating func append(_ piece: [UInt8]) {
        bytes.removeFirst(start)
        start = 0
        bytes += piece
    }

    /// Returns the next complete line, or `nil` if more bytes are needed.
    mutating func next() throws(Problem) -> [UInt8]? {
        while let end = bytes[(start + searched)...].firstIndex(of: UInt8(ascii: "\n")) {
            let line = bytes[start..<end]
            (start, searched) = (end + 1, 0)
            if line.count > limit { throw .tooLarge(limit: limit) }
            if keepsEmpty || !Self.isBlank(line) { return Array(line) }
        }
        searched = bytes.count - start
        if searched > limit { throw .tooLarge(limit: limit) }
        return nil
    }

    /// Returns the last line, which need not have a line end.
    mutating func rest() -> [UInt8]? {
        defer { (bytes, start, searched) = ([], 0, 0) }
        let line = bytes[start...]
        return Self.isBlank(line) ? nil : Array(line)
    }

    private static func isBlank(_ line: ArraySlice<UInt8>) -> Bool { line.allSatisfy { $0 == 0x20 || $0 == 0x0D || $0 == 0x09 } }
}
