import Roost

/// A stream of values as lines of JSON, each ended by a line feed (NDJSON, application/x-ndjson).
enum JSONLines {
    static let mediaType = "application/x-ndjson"

    static func line(_ value: any Schema) -> [UInt8] { JSON.encode(value) + [UInt8(ascii: "\n")] }

    /// Takes values off a body as their lines come.
    /// - Parameter limit: the most bytes that a line may have.
    /// - Returns: a stream that throws a `Problem`: 400 where a line is not JSON, 413 where it is too long, 422 where it is invalid.
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
    /// The lines of bytes that come in pieces; empty lines are passed over.
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
