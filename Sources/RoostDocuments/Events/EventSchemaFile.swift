import Roost

/// The schema of one version of an event's data as a file: a JSON Schema (draft 2020-12) that programs in other languages can use too.
public struct EventSchemaFile: Hashable, Sendable {
    /// The topic of the event.
    public let topic: String
    /// The version of the event's data.
    public let version: Int
    /// The content.
    public let text: String

    /// Reads a file.
    /// - Parameters:
    ///   - name: The name of the file, such as `orders.ended.v1.json`.
    ///   - text: Its content.
    /// - Returns: `nil` if it does not have the name of such a file.
    public init?(name: String, text: String) {
        guard let match = name.wholeMatch(of: #/(.+)\.v([1-9]\d*)\.json/#), let version = Int(match.2) else { return nil }
        self.init(topic: String(match.1), version: version, text: text)
    }

    private init(topic: String, version: Int, text: String) {
        self.topic = topic
        self.version = version
        self.text = text
    }

    /// Creates the file of a version.
    init(topic: String, version: Int, schema: JSONSchema) {
        self.init(
            topic: topic, version: version,
            text: schema.document(identifiedBy: EventDeclaration.schemaURI(topic, "\(version)")).indentedText)
    }

    /// The name of the file.
    public var name: String { "\(topic).v\(version).json" }

    /// - Throws: A `ConfigurationError` if the content is not JSON.
    func schema() throws(ConfigurationError) -> JSONValue {
        do {
            return try JSON.decode(from: Array(text.utf8))
        } catch {
            throw ConfigurationError("\(name) cannot be read: \(error.message)", code: .invalidLock)
        }
    }
}
