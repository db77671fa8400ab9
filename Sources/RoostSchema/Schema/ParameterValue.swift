#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A value that is sent as text in a path, a query or a header field.
public protocol ParameterValue: Sendable {
    /// Reads a value, or returns `nil` if the text is not one.
    init?(parameter: String)
    /// The value as text.
    var parameter: String { get }
    /// The schema of the text.
    static var parameterSchema: JSONSchema { get }
}

extension ParameterValue {
    package static func fault(pointer: String) -> Fault { parameterSchema.mismatch(pointer: pointer) }
}

extension String: ParameterValue {
    /// Takes the text as it is.
    public init?(parameter: String) { self = parameter }
    /// The text itself.
    public var parameter: String { self }
    /// Any text.
    public static var parameterSchema: JSONSchema { .string }
}

extension Bool: ParameterValue {
    /// Reads `true` or `false`.
    public init?(parameter: String) { self.init(parameter) }
    /// The text `true` or `false`.
    public var parameter: String { description }
    /// A boolean.
    public static var parameterSchema: JSONSchema { .boolean }
}

extension Int: ParameterValue {
    /// Reads a whole number in decimal digits.
    public init?(parameter: String) { self.init(parameter) }
    /// The number in decimal digits.
    public var parameter: String { description }
    /// A whole number.
    public static var parameterSchema: JSONSchema { .integer }
}

/// Whole numbers that fit into a signed 64-bit number, which a Protocol Buffers message can hold.
extension ParameterValue where Self: FixedWidthInteger {
    /// Reads a whole number in decimal digits, or returns `nil` if the type cannot hold it.
    public init?(parameter: String) { self.init(parameter) }
    /// The number in decimal digits.
    public var parameter: String { description }
    /// A whole number of the type's width and sign.
    public static var parameterSchema: JSONSchema { .integer(of: Self.self) }
}

extension Int8: ParameterValue {}
extension Int16: ParameterValue {}
extension Int32: ParameterValue {}
extension Int64: ParameterValue {}
extension UInt8: ParameterValue {}
extension UInt16: ParameterValue {}
extension UInt32: ParameterValue {}

extension Double: ParameterValue {
    /// Reads a number, or returns `nil` if the text is not a finite number.
    public init?(parameter: String) {
        guard let number = Double(parameter), number.isFinite else { return nil }
        self = number
    }
    /// The number in decimal digits, with an exponent if that is shorter.
    public var parameter: String { description }
    /// A number.
    public static var parameterSchema: JSONSchema { .number }
}

extension UUID: ParameterValue {
    /// Reads a UUID (RFC 9562).
    public init?(parameter: String) { self.init(text: parameter) }
    /// The UUID in lower case.
    public var parameter: String { text }
    /// A UUID as text.
    public static var parameterSchema: JSONSchema { .uuid }
}

extension Date: ParameterValue {
    /// Reads a date and a time with an offset (RFC 3339).
    public init?(parameter: String) {
        guard let date = RFC3339.parse(parameter.utf8) else { return nil }
        self = date
    }
    /// The date and the time in UTC (RFC 3339).
    public var parameter: String { RFC3339.format(self) }
    /// A date and a time as text.
    public static var parameterSchema: JSONSchema { .dateTime }
}
