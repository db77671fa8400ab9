import Roost
import RoostEvents

/// The next number of a series.
struct Counted: Event, Hashable {
    static let topic = "test.counted"
    var series: String
    var number: Int

    var key: String { series }

    static var schema: JSONSchema {
        .object(name: "Counted", description: "", fields: { [.init("series", .string), .init("number", .integer)] })
    }

    static func decode(from json: inout JSONReader) throws(JSONError) -> Counted? {
        guard let start = try json.beginObject() else { return nil }
        var series: String?, number: Int?
        while let key = try json.nextKey() {
            switch key {
            case "series": series = try String.decode(from: &json)
            case "number": number = try Int.decode(from: &json)
            default: try json.skipValue()
            }
        }
        guard let series, let number else {
            json.missing("number", of: start)
            return nil
        }
        return Counted(series: series, number: number)
    }

    func encode(to json: inout JSONWriter) {
        json.literal("{\"series\":")
        json.string(series)
        json.literal(",\"number\":")
        json.integer(number)
        json.literal("}")
    }
}
