#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A value that travels as text in a path, a query or a header field.
public protocol ParameterValue: Sendable {
    /// - Returns: `nil` where the text is no such value.
    init?(parameter: String)
    /// The value as text.
    var parameter: String { get }
    /// What the text must be, and how a document says it.
    static var parameterSchema: JSONSchema { get }
}

extension ParameterValue {
    package static func fault(pointer: String) -> Fault { parameterSchema.mismatch(pointer: pointer) }
}

extension String: ParameterValue {
    public init?(parameter: String) { self = parameter }
    public var parameter: String { self }
    public static var parameterSchema: JSONSchema { .string }
}

extension Bool: ParameterValue {
    public init?(parameter: String) { self.init(parameter) }
    public var parameter: String { description }
    public static var parameterSchema: JSONSchema { .boolean }
}

extension Int: ParameterValue {
    public init?(parameter: String) { self.init(parameter) }
    public var parameter: String { description }
    public static var parameterSchema: JSONSchema { .integer }
}

/// Whole numbers that a signed one of 64 bits holds, which is what a message of Protocol Buffers carries.
extension ParameterValue where Self: FixedWidthInteger {
    public init?(parameter: String) { self.init(parameter) }
    public var parameter: String { description }
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
    public init?(parameter: String) {
        guard let number = Double(parameter), number.isFinite else { return nil }
        self = number
    }
    public var parameter: String { description }
    public static var parameterSchema: JSONSchema { .number }
}

extension UUID: ParameterValue {
    public init?(parameter: String) { self.init(uuidString: parameter) }
    public var parameter: String { text }
    public static var parameterSchema: JSONSchema { .uuid }
}

extension Date: ParameterValue {
    public init?(parameter: String) {
        guard let date = RFC3339.parse(parameter.utf8) else { return nil }
        self = date
    }
    public var parameter: String { RFC3339.format(self) }
    public static var parameterSchema: JSONSchema { .dateTime }
}
