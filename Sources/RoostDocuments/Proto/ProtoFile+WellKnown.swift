/// The well-known types of Protocol Buffers that the files of contracts import.
extension ProtoFile {
    static let emptyName = "google.protobuf.Empty"
    static let timestampName = "google.protobuf.Timestamp"

    /// `google/protobuf/empty.proto`.
    public static let empty = wellKnown("empty", "Empty", [])

    /// `google/protobuf/timestamp.proto`.
    public static let timestamp = wellKnown("timestamp", "Timestamp", [("seconds", .int64), ("nanos", .int32)])

    /// `google/protobuf/duration.proto`.
    public static let duration = wellKnown("duration", "Duration", [("seconds", .int64), ("nanos", .int32)])

    private static func wellKnown(_ file: String, _ message: String, _ fields: [(name: String, type: ProtoType)]) -> ProtoFile {
        let fields = fields.enumerated().map { index, field in
            ProtoField(
                name: field.name, jsonName: field.name, number: index + 1, cardinality: .single, type: field.type, description: "")
        }
        return ProtoFile(
            name: "google/protobuf/\(file).proto", package: "google.protobuf", imports: [], description: "",
            messages: [ProtoMessage(name: message, description: "", fields: fields, isChoice: false)], enumerations: [], service: nil)
    }
}
