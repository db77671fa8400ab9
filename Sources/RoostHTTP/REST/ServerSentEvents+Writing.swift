import Roost

extension ServerSentEvents {
    /// What is sent where there is nothing to send, so that a connection that died is noticed: a comment.
    static let comment = Array(": waiting\n\n".utf8)
    /// How long a stream may be silent: 15 s, as the standard advises (WHATWG HTML §9.2.7).
    static let heartbeat = Duration.seconds(15)

    /// A stream as events, whose ids, where the stream replays, count from 1. An event with a name of its own follows the last: `end`, or `error` with the
    /// problem that ended the stream early. So a client can tell an end from a broken connection.
    /// - Parameters:
    ///   - seen: how many values the client has of a stream that replays; they are passed over.
    ///   - problem: makes the problem document of an error.
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

    /// JSON without white space has no line ends, so it is one line of data.
    /// - Parameter field: the line before the data, if any.
    private static func event(_ field: String, json: [UInt8]) -> [UInt8] {
        Array(field.utf8) + Array("data: ".utf8) + json + Array("\n\n".utf8)
    }
}
