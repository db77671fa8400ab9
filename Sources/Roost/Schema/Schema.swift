/// A type whose shape is known at compile time: what it is as JSON, how it is validated, and how documents describe it.
///
/// Write `@Schema` on a struct or an enum rather than this conformance.
public protocol Schema: Sendable {
    /// The type's JSON Schema (draft 2020-12).
    static var schema: JSONSchema { get }

    /// Reads a value.
    /// - Returns: `nil` where the text breaks a rule, which the reader has then noted.
    /// - Throws: where the text is not JSON.
    static func decode(from json: inout JSONReader) throws(JSONError) -> Self?

    /// Writes the value.
    func encode(to json: inout JSONWriter)
}
