import Roost

/// Values as Server-Sent Events (WHATWG HTML §9.2): each the data of one event, as JSON.
public enum ServerSentEvents {
    static let mediaType = "text/event-stream"
    /// The name of the event that follows the last value.
    static let end = "end"
    /// The name of the event that ends a stream early; its data is the error's document.
    static let error = "error"

    /// Whether a response's fields say that it is a stream of events, which goes on until one side has had enough.
    @Sendable
    public static func isOne(_ headers: Headers) -> Bool {
        guard let type = headers["content-type"] else { return false }
        return FieldSyntax.equals(String(type.prefix { $0 != ";" && $0 != " " }), "text/event-stream")
    }

    /// Takes values off a stream of events.
    /// - Returns: a stream that throws the `Problem` that ended it early, or one with status 502 where it is no such stream.
    static func values<Value: Schema>(
        of pieces: MessageStream<[UInt8]>, errors: any ErrorDocument.Type = ProblemDocument.self
    ) -> MessageStream<Value> {
        pieces.transformed { next in
            var parser = EventParser()
            return {
                while true {
                    if let event = try parser.next() { return try value(of: event, errors) }
                    guard let piece = try await next() else { throw Problem(.badGateway, "The stream of events broke off.") }
                    parser.append(piece)
                }
            }
        }
    }

    /// - Returns: `nil` at the stream's end.
    private static func value<Value: Schema>(
        of event: EventParser.Event, _ errors: any ErrorDocument.Type
    ) throws(Problem) -> Value? {
        switch event.name {
        case end: return nil
        case error: throw Problem(document: event.data, as: errors)
        default:
            do throws(DecodingFailure) { return try JSON.decode(Value.self, from: event.data) } catch { throw error.problem }
        }
    }
}

/// Takes events off the bytes of a stream: pure, fed with whatever has come. Knows what this toolkit sends: line feeds as line ends.
struct EventParser {
    struct Event {
        var name = "message"
        var data: [UInt8] = []
    }

    /// The most bytes of one event: 16 MiB.
    private static let limit = 16 << 20

    private var lines = LineSplitter(limit: limit, keepsEmpty: true)
    private var event = Event()

    mutating func append(_ piece: [UInt8]) { lines.append(piece) }

    /// - Returns: `nil` where more bytes are needed.
    mutating func next() throws(Problem) -> Event? {
        while let line = try lines.next() {
            guard !line.isEmpty else {
                defer { event = Event() }
                if event.data.isEmpty, event.name == "message" { continue }
                return event
            }
            take(line)
            guard event.data.count <= Self.limit else { throw .tooLarge(limit: Self.limit) }
        }
        return nil
    }

    private mutating func take(_ line: [UInt8]) {
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
        var value = line[colon...].dropFirst()
        if value.first == 0x20 { value = value.dropFirst() }
        switch String(decoding: line[..<colon], as: UTF8.self) {
        case "event": event.name = String(decoding: value, as: UTF8.self)
        case "data": event.data += (event.data.isEmpty ? [] : [UInt8(ascii: "\n")]) + value
        default: break
        }
    }
}
