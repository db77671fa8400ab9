import Roost
import RoostEvents

/// The next number of a series.
struct Counted: Event {
    static let topic = "crash.counted"
    var series: String
    var number: Int

    var key: String { series }

    static var schema: JSONSchema {
        .object(name: "Counted", description: "", fields: { [.init("series", .string), .init("number", .integer)] })
    }

    static func decode(from json: inout JSONReader) throws(JSONError) -> Counted? {
        guard try json.beginObject() != nil else { return nil }
        var event = Counted(series: "", number: 0)
        while let key = try json.nextKey() {
            switch key {
            case "series": event.series = try String.decode(from: &json) ?? ""
            case "number": event.number = try Int.decode(from: &json) ?? 0
            default: try json.skipValue()
            }
        }
        return event
    }

    func encode(to json: inout JSONWriter) {
        json.literal("{\"series\":")
        json.string(series)
        json.literal(",\"number\":")
        json.integer(number)
        json.literal("}")
    }
}
