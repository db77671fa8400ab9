/// An earlier version of an event: the type that its data had, and how it becomes the current one.
public struct EarlierVersion<Current: Event>: Sendable {
    /// The version.
    public let version: Int
    /// The schema of the version's data.
    public let schema: JSONSchema
    private let upgrade: @Sendable ([UInt8]) throws -> Current

    /// Declares an earlier version.
    /// - Parameters:
    ///   - version: The version, which is lower than the current one.
    ///   - data: The type that the event's data had. It must not change any more, because events of this version are stored.
    ///   - upgrade: Returns the current form of an event. If it throws, the event is a dead letter at once, since another attempt would give
    ///     the same result.
    public init<Payload: Schema>(_ version: Int, _ data: Payload.Type, upgrade: @escaping @Sendable (Payload) throws -> Current) {
        self.version = version
        schema = Payload.schema
        self.upgrade = { try upgrade(JSON.decode(Payload.self, from: $0)) }
    }

    /// Reads the data of an event of this version.
    /// - Parameter data: JSON.
    /// - Throws: A `DecodingFailure` if it is not such data; the error of the upgrade.
    public func event(from data: [UInt8]) throws -> Current { try upgrade(data) }
}
