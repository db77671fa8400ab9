import Logging

/// How a program writes its log, apart from what its settings decide (`LOG_LEVEL`, `LOG_FORMAT`).
///
/// ```swift
/// await OrdersService().main(drivers: .shop, log: .shop)
/// ```
public struct LogStyle: Sendable {
    let hide: @Sendable (String) -> String

    /// A log in which secrets are hidden, and nothing else.
    public static let standard = LogStyle { $0 }

    /// Creates a style.
    /// - Parameter hide: Returns a text of the log without what must not be in it, such as personal data. It gets messages, metadata and
    ///   errors, in which secrets are hidden already.
    public init(hiding hide: @escaping @Sendable (String) -> String) { self.hide = hide }
}

/// What a line of the log looks like.
enum LogFormat: String, CaseIterable, Sendable {
    /// For a person: the time, the level, and the message with its metadata.
    case text
    /// For a program: a JSON object.
    case json
}
