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

    static let valueName = "google.protobuf.Value"

    /// `google/protobuf/struct.proto`.
    public static let structure = ProtoFile(
        name: "google/protobuf/struct.proto", package: "google.protobuf", imports: [], description: "",
        messages: [
            ProtoMessage(name: "Struct", description: "", fields: [field("fields", 1, .message("Value"), .map)], isChoice: false),
            ProtoMessage(
                name: "Value", description: "",
                fields: [
                    field("null_value", 1, .enumeration("NullValue")), field("number_value", 2, .double),
                    field("string_value", 3, .string), field("bool_value", 4, .bool), field("struct_value", 5, .message("Struct")),
                    field("list_value", 6, .message("ListValue")),
                ], isChoice: true, oneofName: "kind"),
            ProtoMessage(name: "ListValue", description: "", fields: [field("values", 1, .message("Value"), .repeated)], isChoice: false),
        ],
        enumerations: [
            ProtoEnumeration(
                name: "NullValue", description: "", values: [ProtoEnumeration.Value(name: "NULL_VALUE", number: 0, description: "")])
        ], service: nil)

    private static func field(
        _ name: String, _ number: Int, _ type: ProtoType, _ cardinality: ProtoField.Cardinality = .single
    ) -> ProtoField {
        ProtoField(
            name: name, jsonName: ProtoName.json(name), number: number, cardinality: cardinality, type: type, description: "")
    }

    private static func wellKnown(_ file: String, _ message: String, _ fields: [(name: String, type: ProtoType)]) -> ProtoFile {
        let fields = fields.enumerated().map { index, field in
            self.field(field.name, index + 1, field.type)
        }
        return ProtoFile(
            name: "google/protobuf/\(file).proto", package: "google.protobuf", imports: [], description: "",
            messages: [ProtoMessage(name: message, description: "", fields: fields, isChoice: false)], enumerations: [], service: nil)
    }
}
