import Roost

/// A stream of values as lines of JSON, each ended by a line feed (NDJSON, application/x-ndjson).
enum JSONLines {
    static let mediaType = "application/x-ndjson"

    static func line(_ value: any Schema) -> [UInt8] { JSON.encode(value) + [UInt8(ascii: "\n")] }

    /// Returns the values of a body's lines as they arrive.
    /// - Parameters:
    ///   - body: The body.
    ///   - limit: The longest line, in bytes.
    /// - Returns: A stream that throws a `Problem` with status 400 if a line is not JSON, 413 if it is too long, or 422 if it is invalid.
    static func values<Value: Schema>(of body: Body, limit: Int, as type: Value.Type) -> MessageStream<Value> {
        let pieces: MessageStream<[UInt8]> =
            switch body {
            case .bytes(let bytes): MessageStream(of: bytes)
            case .stream(let stream, _): MessageStream(stream)
            }
        return pieces.lines(limit: limit).mapped { line in
            do throws(DecodingFailure) { return try JSON.decode(Value.self, from: line) } catch { throw error.problem }
        }
    }
}

extension MessageStream<[UInt8]> {
    /// Returns the lines of bytes that arrive in pieces, without empty lines.
    fileprivate func lines(limit: Int) -> MessageStream<[UInt8]> {
        transformed { next in
            var splitter = LineSplitter(limit: limit)
            return {
                while true {
                    if let line = try splitter.next() { return line }
                    guard let piece = try await next() else { return splitter.rest() }
                    splitter.append(piece)
                }
            }
        }
    }
}
