/// What a program was told from outside, as texts by the keys of its settings.
///
/// ```swift
/// let port = try settings[.port(default: 8080)]
/// ```
public struct Settings: Sendable {
    private let texts: [String: String]

    /// - Parameter texts: What was given, by key.
    public init(_ texts: [String: String]) { self.texts = texts }

    /// Returns a copy with these texts in place of its own.
    public func with(_ changes: [String: String]) -> Settings { Settings(texts.merging(changes) { $1 }) }

    /// Returns a copy with what others hold in place of its own.
    public func with(_ others: Settings) -> Settings { with(others.texts) }

    /// Returns what was given, as it was given; `nil` if that is nothing or empty.
    public func text(_ key: String) -> String? { texts[key].flatMap { $0.isEmpty ? nil : $0 } }

    /// The keys of what was given, in alphabetical order.
    public var keys: [String] { texts.keys.sorted() }

    /// The value of a setting.
    /// - Throws: An error that names the setting, if what was given is wrong.
    public subscript<Value>(setting: Setting<Value>) -> Value {
        get throws(ConfigurationError) { try setting.value(of: texts[setting.key]) }
    }

    /// Returns a line for each setting that was given wrongly.
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

/// Names its keys and shows none of its values, so that no secret comes into a log with it.
extension Settings: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "Settings(\(keys.joined(separator: ", ")))" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
