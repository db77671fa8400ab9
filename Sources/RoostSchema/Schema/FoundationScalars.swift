#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension UUID: Schema {
    /// A string in the format `uuid` (RFC 9562).
    public static var schema: JSONSchema { .uuid }

    /// Reads a UUID from a string.
    public static func decode(from json: inout JSONReader) throws(DecodingFailure) -> UUID? {
        let start = json.position()
        guard let text = try json.readString() else { return nil }
        guard let value = UUID(text: text) else {
            json.fault("format", "must be a UUID", at: start)
            return nil
        }
        return value
    }

    /// Writes the UUID as a string in lower case.
    public func encode(to json: inout JSONWriter) { json.plain(text) }

    /// A string.
    public static var protobufKind: ProtobufKind { .text }

    /// Reads a UUID from a string.
    public static func decode(from message: inout ProtobufReader) throws(DecodingFailure) -> UUID? {
        guard let text = try message.text() else { return nil }
        let value = UUID(text: text)
        if value == nil { message.fault("format", "must be a UUID") }
        return value
    }

    /// Writes the UUID as a string in lower case.
    public func encode(to message: inout ProtobufWriter) { message.text(text) }
}

extension Date: Schema {
    /// A string in the format `date-time` (RFC 3339).
    public static var schema: JSONSchema { .dateTime }

    /// Reads a date from text with a date, a time and an offset (RFC 3339 §5.6).
    public static func decode(from json: inout JSONReader) throws(DecodingFailure) -> Date? {
        let start = json.position()
        guard let text = try json.readString() else { return nil }
        guard let value = RFC3339.parse(text.utf8) else {
            json.fault("format", "must be an RFC 3339 date and time", at: start)
            return nil
        }
        return value
    }

    /// Writes the date in UTC (RFC 3339 §5.6).
    public func encode(to json: inout JSONWriter) { json.plain(RFC3339.format(self)) }

    /// Reads a `google.protobuf.Timestamp`: seconds, and nanoseconds that are added to them.
    public static func decode(from message: inout ProtobufReader) throws(DecodingFailure) -> Date? {
        var seconds: Int64? = 0, nanoseconds: Int32? = 0
        while let field = try message.nextField() {
            switch field {
            case 1: try message.read(&seconds, "seconds")
            case 2: try message.read(&nanoseconds, "nanos")
            default: try message.skip()
            }
        }
        guard let seconds, let nanoseconds, (-62_135_596_800...253_402_300_799).contains(seconds), (0..<1_000_000_000).contains(nanoseconds)
        else {
            message.fault("range", "must be in the years 1 to 9999")
            return nil
        }
        return Date(timeIntervalSince1970: Double(seconds) + Double(nanoseconds) / 1e9)
    }

    /// Writes a timestamp to the microsecond, which is the precision of a current `Date`, limited to the years of a timestamp. The bound
    /// comes first because `max` then returns it for NaN.
    public func encode(to message: inout ProtobufWriter) {
        let interval = min(max(-62_135_596_800, timeIntervalSince1970), 253_402_300_799.999_9)
        let microseconds = Int64((interval * 1e6).rounded())
        let rest = ((microseconds % 1_000_000) + 1_000_000) % 1_000_000
        message.field(1, (microseconds - rest) / 1_000_000)
        message.field(2, Int32(rest * 1000))
    }
}

/// Decimals are numbers in JSON, exact to 38 digits.
extension Decimal: Schema {
    /// A number in the format `decimal`.
    public static var schema: JSONSchema { .decimal }

    /// Reads a number exactly, without a detour over binary fractions.
    public static func decode(from json: inout JSONReader) throws(DecodingFailure) -> Decimal? {
        let start = json.position()
        guard let number = try json.readNumber("must be a number") else { return nil }
        guard number.digits <= 38 else {
            json.fault("range", "must have at most 38 digits", at: start)
            return nil
        }
        guard let value = Decimal(string: String(decoding: number.text, as: UTF8.self)), value.isFinite, number.isZero == value.isZero
        else {
            json.fault("range", "must have an exponent from -128 to 127", at: start)
            return nil
        }
        return value
    }

    /// Writes the number exactly.
    public func encode(to json: inout JSONWriter) {
        if isFinite { json.raw(description) } else { json.literal("null") }
    }

    /// The text of a JSON number, since no number type of Protocol Buffers is exact to 38 digits.
    public static var protobufKind: ProtobufKind { .text }

    /// Reads a number from its decimal text.
    public static func decode(from message: inout ProtobufReader) throws(DecodingFailure) -> Decimal? {
        guard let text = try message.text() else { return nil }
        if let value = try? JSON.decode(Decimal.self, from: Array(text.utf8)) { return value }
        message.fault("type", "must be a number")
        return nil
    }

    /// Writes the number as decimal text.
    public func encode(to message: inout ProtobufWriter) { message.text(isFinite ? description : "0") }

    /// Finds a fault in a value that is not a number.
    public func check(_ faults: inout FaultCollector) {
        if !isFinite { faults.loseInfinite() }
    }
}
