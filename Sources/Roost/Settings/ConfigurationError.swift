/// Why a service cannot start: one line for each fault, which names the setting and the allowed values. Secrets are hidden.
public struct ConfigurationError: ClassifiedError {
    /// The kind of fault. Modules may add their own.
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// Lowercase words with underscores in between.
        public let rawValue: String

        /// Creates a code.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// Anything that has no code of its own, or several faults.
        public static let invalid = Code(rawValue: "invalid_configuration")
        /// A setting has a value that is not allowed.
        public static let invalidSetting = Code(rawValue: "invalid_setting")
        /// A setting is needed and was not given.
        public static let missingSetting = Code(rawValue: "missing_setting")
        /// The server that a setting names cannot be reached: the setting may be wrong, or the server may be down at the moment.
        public static let unreachable = Code(rawValue: "unreachable_server")
    }

    /// The kind of fault.
    public let code: Code
    /// The faults, one line each.
    public let faults: [String]
    /// The error behind it.
    public let cause: (any Error)?

    /// The faults, one line each.
    public var message: String { faults.joined(separator: "\n") }
    /// The message.
    public var description: String { message }
    /// Permanent: somebody has to change something. Only a server that cannot be reached may be back later.
    public var failureKind: FailureKind { code == .unreachable ? .transient : .permanent }

    /// Creates an error.
    /// - Parameters:
    ///   - fault: What is wrong, in one line.
    ///   - code: The kind of fault.
    ///   - cause: The error behind it.
    public init(_ fault: String, code: Code = .invalid, cause: (any Error)? = nil) {
        self.init([fault], code: code, cause: cause)
    }

    /// Creates an error.
    /// - Parameters:
    ///   - faults: What is wrong, a line each.
    ///   - code: The kind of fault.
    ///   - cause: The error behind it.
    public init(_ faults: [String], code: Code = .invalid, cause: (any Error)? = nil) {
        self.faults = faults.map(Redaction.text)
        self.code = code
        self.cause = cause
    }

    private init(redacted fault: String, code: Code) {
        faults = [fault]
        self.code = code
        cause = nil
    }

    /// Creates the error of a setting with a wrong value.
    /// - Parameters:
    ///   - key: The setting.
    ///   - value: The given value. Secrets and the credentials in URLs are not shown.
    ///   - allowed: The allowed values. The text reads on from "it must be".
    ///   - isSecret: Whether the value is a secret, even if its name does not show it.
    ///   - code: The kind of fault.
    public init(key: String, value: String, allowed: String, isSecret: Bool = false, code: Code = .invalidSetting) {
        let shown = isSecret ? Redaction.mark : Redaction.setting(key, value)
        self.init(redacted: "\(key)=\(shown) is wrong: it must be \(allowed)", code: code)
    }

    /// Creates the error of a required setting that is missing.
    /// - Parameters:
    ///   - key: The setting.
    ///   - reason: What needs it.
    public init(missing key: String, because reason: String) {
        self.init("\(key) must be given: \(reason)", code: .missingSetting)
    }

    /// Checks that there are no faults.
    /// - Parameter faults: The faults, one line each.
    /// - Throws: One error with all faults, if there are any, so that they can be fixed together.
    public static func check(_ faults: [String]) throws(ConfigurationError) {
        if !faults.isEmpty { throw ConfigurationError(faults) }
    }
}

extension ConfigurationError: Hashable {
    /// Returns whether two errors list the same faults.
    public static func == (left: ConfigurationError, right: ConfigurationError) -> Bool { left.faults == right.faults }

    /// Hashes the faults.
    public func hash(into hasher: inout Hasher) { hasher.combine(faults) }
}
