import Roost

extension ServerSentEvents {
    /// The comment that is sent while there are no events, so that a dead connection is noticed.
    static let comment = Array(": waiting\n\n".utf8)
    /// How long a stream may be silent: 15 s, as the standard recommends (WHATWG HTML §9.2.7).
    static let heartbeat = Duration.seconds(15)

    /// Returns a stream as events. If the stream replays, the events have identifiers, counted from 1. After the last value comes an event
    /// with a name: `end`, or `error` with the problem that ended the stream early. A client can thus distinguish the end from a broken
    /// connection.
    /// - Parameters:
    ///   - stream: The values.
    ///   - seen: The number of values that the client has of a stream that replays, which are skipped.
    ///   - problem: Returns the problem document of an error.
    static func events<Element: Schema>(
        of stream: MessageStream<Element>, after seen: Int, problem: @escaping @Sendable (any Error) -> [UInt8]
    ) -> MessageStream<[UInt8]> {
        let isReplaying = stream.isReplaying
        return stream.transformed { next in
            var number = 0, isOver = false
            return {
                guard !isOver else { return nil }
                do {
                    while let element = try await next() {
                        number += 1
                        if number > seen { return event(isReplaying ? "id: \(number)\n" : "", json: JSON.encode(element)) }
                    }
                    isOver = true
                    return Array("event: \(end)\ndata:\n\n".utf8)
                } catch is CancellationError {
                    throw CancellationError()
                } catch {
                    isOver = true
                    return event("event: \(self.error)\n", json: problem(error))
                }
            }
        }
    }

    /// Returns an event. JSON without white space contains no line ends, so it is one line of data.
    /// - Parameters:
    ///   - field: The line before the data, if any.
    ///   - json: The data.
    private static func event(_ field: String, json: [UInt8]) -> [UInt8] {
        Array(field.utf8) + Array("data: ".utf8) + json + Array("\n\n".utf8)
    }
}
