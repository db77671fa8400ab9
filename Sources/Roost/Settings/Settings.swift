/// The values that a program was given from outside, as texts by the keys of its settings.
///
/// ```swift
/// let port = try settings[.port(default: 8080)]
/// ```
public struct Settings: Sendable {
    private let texts: [String: String]

    /// Creates settings from texts.
    /// - Parameter texts: The texts by the names of their settings.
    public init(_ texts: [String: String]) { self.texts = texts }

    /// Returns a copy in which these texts replace those with the same names.
    public func with(_ changes: [String: String]) -> Settings { Settings(texts.merging(changes) { $1 }) }

    /// Returns a copy in which the other settings replace those with the same names.
    public func with(_ others: Settings) -> Settings { with(others.texts) }

    /// Returns the text of a setting; `nil` if it is missing or empty.
    public func text(_ key: String) -> String? { texts[key].flatMap { $0.isEmpty ? nil : $0 } }

    /// The names of the given settings, in alphabetical order.
    public var keys: [String] { texts.keys.sorted() }

    /// The value of a setting.
    /// - Throws: A `ConfigurationError` that names the setting, if its text is not an allowed value.
    public subscript<Value>(setting: Setting<Value>) -> Value {
        get throws(ConfigurationError) { try setting.value(of: texts[setting.key]) }
    }

    /// Returns one line for each setting whose text is not an allowed value.
    public func faults(in declarations: [any SettingDeclaration]) -> [String] {
        var checked: Set<String> = []
        return declarations.filter { checked.insert($0.key).inserted }.flatMap { declaration in
            do throws(ConfigurationError) {
                try declaration.check(texts[declaration.key])
                return [String]()
            } catch {
                return error.faults
            }
        }
    }
}

/// Settings show their names but not their values, so that no secret reaches a log with them.
extension Settings: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The keys of the settings, without their values.
    public var description: String { "Settings(\(keys.joined(separator: ", ")))" }
    /// The same text as `description`.
    public var debugDescription: String { description }
    /// An empty mirror, so that dumping the settings reveals no secret.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
