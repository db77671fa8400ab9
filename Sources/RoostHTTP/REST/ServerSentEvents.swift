import Roost

/// Values as Server-Sent Events (WHATWG HTML §9.2): each is the data of one event, as JSON.
public enum ServerSentEvents {
    static let mediaType = "text/event-stream"
    /// The name of the event that follows the last value.
    static let end = "end"
    /// The name of the event that ends a stream early; its data is the error's document.
    static let error = "error"

    /// Returns whether a response with these fields is an event stream, which continues until one side ends it.
    @Sendable
    public static func isOne(_ headers: Headers) -> Bool {
        guard let type = headers["content-type"] else { return false }
        return FieldSyntax.equals(String(type.prefix { $0 != ";" && $0 != " " }), "text/event-stream")
    }

    /// Returns the values of an event stream as they arrive.
    /// - Returns: A stream that throws the `Problem` that ended it early, or one with status 502 if it is not a valid event stream.
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

    /// Returns the value of an event, or `nil` at the end of the stream.
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

/// Parses events from bytes that arrive in pieces, in the form that Roost sends: line feeds as line ends.
struct EventParser {
    struct Event {
        var name = "message"
        var data: [UInt8] = []
    }

    /// The largest event: 16 MiB.
    private static let limit = 16 << 20

    private var lines = LineSplitter(limit: limit, keepsEmpty: true)
    private var event = Event()

    mutating func append(_ piece: [UInt8]) { lines.append(piece) }

    /// Returns the next event, or `nil` if more bytes are needed.
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
