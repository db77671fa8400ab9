import Foundation
import Logging
import Roost

/// Writes each line of the log as a JSON object, for programs that collect logs.
struct JSONLogHandler: LogHandler {
    let label: String
    let lines: LogLines
    var metadataProvider: Logger.MetadataProvider?
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var all = metadata.merging(metadataProvider?.get() ?? [:]) { $1 }.merging(event.metadata ?? [:]) { $1 }
        if let error = event.error { all["error"] = "\(error)" }
        // The members that every line has come first, so that a person can read it too.
        var writer = JSONWriter()
        object(all).encode(to: &writer)
        let head = [("time", RFC3339.format(Date())), ("level", event.level.rawValue), ("logger", label), ("message", "\(event.message)")]
        let members = head.map { "\(JSON.text($0)):\(JSON.text(lines.hidden($1)))" }
        lines.write(line: "{\(members.joined(separator: ",")),\"metadata\":\(String(decoding: writer.bytes, as: UTF8.self))}\n")
    }

    private func value(_ value: Logger.Metadata.Value) -> JSONValue {
        switch value {
        case .string(let text): .string(lines.hidden(text))
        case .stringConvertible(let value): .string(lines.hidden("\(value)"))
        case .array(let values): .array(values.map(self.value))
        case .dictionary(let values): object(values)
        }
    }

    /// Keys can hold secrets too, for example those of a dictionary that is logged.
    private func object(_ values: Logger.Metadata) -> JSONValue {
        .object(Dictionary(values.map { (lines.hidden($0), value($1)) }) { _, last in last })
    }
}
