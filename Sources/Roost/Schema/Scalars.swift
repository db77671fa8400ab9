extension String: Schema {
    public static var schema: JSONSchema { .string }
    public static func decode(from json: inout JSONReader) throws(JSONError) -> String? { try json.readString() }
    public func encode(to json: inout JSONWriter) { json.string(self) }
}

extension Bool: Schema {
    public static var schema: JSONSchema { .boolean }

    public static func decode(from json: inout JSONReader) throws(JSONError) -> Bool? {
        switch json.peek() {
        case UInt8(ascii: "t"):
            try json.expect("true")
            return true
        case UInt8(ascii: "f"):
            try json.expect("false")
            return false
        default:
            try json.mismatch("must be true or false")
            return nil
        }
    }

    public func encode(to json: inout JSONWriter) { json.literal(self ? "true" : "false") }
}

extension Schema where Self: FixedWidthInteger {
    public static var schema: JSONSchema { .integer }
    @inlinable public static func decode(from json: inout JSONReader) throws(JSONError) -> Self? { try json.readInteger(Self.self) }
    @inlinable public func encode(to json: inout JSONWriter) { json.integer(self) }
}

extension Int: Schema {}
extension Int8: Schema {}
extension Int16: Schema {}
extension Int32: Schema {}
extension Int64: Schema {}
extension UInt: Schema {}
extension UInt8: Schema {}
extension UInt16: Schema {}
extension UInt32: Schema {}
extension UInt64: Schema {}

extension Double: Schema {
    public static var schema: JSONSchema { .number }
    public static func decode(from json: inout JSONReader) throws(JSONError) -> Double? { try json.readDouble() }
    public func encode(to json: inout JSONWriter) { json.double(self) }
}

extension Float: Schema {
    public static var schema: JSONSchema { .number }

    public static func decode(from json: inout JSONReader) throws(JSONError) -> Float? {
        let start = json.position()
        guard let double = try json.readDouble() else { return nil }
        let value = Float(double)
        guard value.isFinite else {
            json.fault("range", "is too large", at: start)
            return nil
        }
        return value
    }

    public func encode(to json: inout JSONWriter) {
        if isFinite { json.raw(description) } else { json.literal("null") }
    }
}
