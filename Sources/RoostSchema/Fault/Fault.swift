/// One thing wrong with the input, and where.
@Schema
public struct Fault: Hashable, Sendable {
    /// Where: a JSON pointer (RFC 6901) into the body, or `/name` for a path, query or header parameter.
    public var pointer: String
    /// Which rule is broken: `required`, `type`, `range`, `length`, `count`, `format`, `enum`, ….
    public var rule: String
    /// What it must be, for a person: "must be from 1 to 1000".
    public var message: String
}
