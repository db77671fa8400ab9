#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension UUID: Schema {
    public static var schema: JSONSchema { .uuid }

    public static func decode(from json: inout JSONReader) throws(JSONError) -> UUID? {
        let start = json.position()
        guard let text = try json.readString() else { return nil }
        guard let value = UUID(uuidString: text) else {
            json.fault("format", "must be a UUID", at: start)
            return nil
        }
        return value
    }

    public func encode(to json: inout JSONWriter) { json.plain(text) }
}

extension Date: Schema {
    public static var schema: JSONSchema { .dateTime }

    public static func decode(from json: inout JSONReader) throws(JSONError) -> Date? {
        let start = json.position()
        guard let text = try json.readString() else { return nil }
        guard let value = RFC3339.parse(text.utf8) else {
            json.fault("format", "must be an RFC 3339 date and time", at: start)
            return nil
        }
        return value
    }

    public func encode(to json: inout JSONWriter) { json.plain(RFC3339.format(self)) }
}

/// Decimals are numbers in JSON, exact to 38 digits.
extension Decimal: Schema {
    public static var schema: JSONSchema { .number }

    public static func decode(from json: inout JSONReader) throws(JSONError) -> Decimal? {
        let start = json.position()
        guard let number = try json.readNumber("must be a number") else { return nil }
        guard let value = Decimal(string: String(decoding: number.text, as: UTF8.self)), value.isFinite else {
            json.fault("range", "is too large", at: start)
            return nil
        }
        return value
    }

    public func encode(to json: inout JSONWriter) {
        if isFinite { json.raw(description) } else { json.literal("null") }
    }
}
