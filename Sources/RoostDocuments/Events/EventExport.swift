public import Roost

/// The schemas of events, checked against those that were recorded. They stay in the repository, so that a change that stored events or their
/// readers would not survive is found before it is released.
public struct EventExport: Hashable, Sendable {
    /// A file for each version of each event.
    public let files: [EventSchemaFile]

    /// Generates the files, and checks them against those of the last export.
    /// - Parameters:
    ///   - events: The events.
    ///   - recorded: The files of the last export.
    /// - Throws: A `ConfigurationError` that lists the changes, with the code `.breakingChange`, if one needs a new version; a
    ///   `ConfigurationError` if an event is not declared as it must be, or a recorded file is not JSON.
    public init(_ events: [EventDescription], keeping recorded: [EventSchemaFile]) throws(ConfigurationError) {
        try ConfigurationError.check(events.flatMap(\.faults))
        var breaks: [String] = []
        for event in events {
            for file in recorded.filter({ $0.topic == event.topic }).sorted(by: { $0.version < $1.version }) {
                breaks += try event.breaks(of: file)
            }
        }
        guard breaks.isEmpty else { throw ConfigurationError(breaks, code: .breakingChange) }
        files = events.flatMap(\.files)
    }
}

extension EventDescription {
    /// The files of all versions, the earliest first.
    fileprivate var files: [EventSchemaFile] {
        versions.map { EventSchemaFile(topic: topic, version: $0.version, schema: $0.schema) }
    }

    /// Returns the changes since a version was recorded that need another version, one line each.
    fileprivate func breaks(of recorded: EventSchemaFile) throws(ConfigurationError) -> [String] {
        let before = try recorded.schema(), name = "\(topic) \(recorded.version)"
        guard let file = files.first(where: { $0.version == recorded.version }) else {
            return [
                recorded.version > version
                    ? "\(name): it was recorded, but the event has version \(version): set `version` to \(recorded.version)"
                    : "\(name): it can no longer be read: declare it in `earlier`, or delete \(recorded.name) if no event of it is left"
            ]
        }
        let after = try file.schema(), changes = SchemaComparison.changes(from: before, to: after)
        guard recorded.version < version else {
            return changes.map {
                "\(name): \($0.words): undo this, or set `version` to \(version + 1) and declare version \(version) in `earlier`"
            }
        }
        // Events of an earlier version are stored as they were, and nobody publishes it any more: it does not change at all.
        let additions = SchemaComparison.changes(from: after, to: before).map {
            "\($0.path.isEmpty ? "it" : $0.path) is not as in \(recorded.name)"
        }
        return (changes.isEmpty ? additions : changes.map(\.words)).map { "\(name): \($0): restore the type of this earlier version" }
    }
}
