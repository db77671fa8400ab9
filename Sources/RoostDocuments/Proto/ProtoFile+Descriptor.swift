import Roost

/// Encodes files as `google.protobuf.FileDescriptorProto` for reflection. The field numbers are those of descriptor.proto.
extension ProtoFile {
    /// The encoded descriptor of the file, without comments.
    public var descriptor: [UInt8] {
        var writer = ProtobufWriter()
        writer.field(1, name)
        writer.field(2, package)
        writer.field(3, imports)
        for message in messages { writer.delimited(4) { message.write(to: &$0, in: package) } }
        for enumeration in enumerations { writer.delimited(5) { enumeration.write(to: &$0) } }
        if let service { writer.delimited(6) { service.write(to: &$0, in: package) } }
        writer.field(12, "proto3")
        return writer.bytes
    }

    fileprivate static func path(of name: String, in package: String) -> String {
        name.contains(".") ? "." + name : ".\(package).\(name)"
    }
}

extension ProtoMessage {
    fileprivate func write(to writer: inout ProtobufWriter, in package: String) {
        writer.field(1, name)
        var choices = isChoice && !fields.isEmpty ? [choiceName] : []
        for field in fields {
            writer.delimited(2) { field.write(to: &$0, of: self, oneof: oneof(of: field, among: &choices), in: package) }
        }
        for field in fields where field.cardinality == .map { writer.delimited(3) { field.writeEntry(to: &$0, in: package) } }
        for choice in choices { writer.delimited(8) { $0.field(1, choice) } }
        for reservation in reserved {
            writer.delimited(9) { range in
                range.field(1, Int32(reservation.number))
                range.field(2, Int32(reservation.number + 1))
            }
        }
        writer.field(10, reserved.map(\.name))
    }

    /// Returns the index of the oneof that a field belongs to. An optional field has a oneof of its own, as proto3 requires.
    private func oneof(of field: ProtoField, among choices: inout [String]) -> Int? {
        if isChoice { return 0 }
        guard field.cardinality == .optional else { return nil }
        var name = "_" + field.name
        while choices.contains(name) || fields.contains(where: { $0.name == name }) { name = "X" + name }
        choices.append(name)
        return choices.count - 1
    }
}

extension ProtoField {
    fileprivate func write(to writer: inout ProtobufWriter, of message: ProtoMessage, oneof: Int?, in package: String) {
        let isList = cardinality == .repeated || cardinality == .map
        let type = cardinality == .map ? ProtoType.message("\(message.name).\(entryName)") : type
        writer.field(1, name)
        writer.field(3, Int32(number))
        writer.field(4, Int32(isList ? 3 : 1))
        writer.field(5, type.number)
        writer.field(6, cardinality == .map ? ".\(package).\(message.name).\(entryName)" : type.path(in: package))
        if isDeprecated { writer.delimited(8) { $0.field(3, true) } }
        if let oneof { writer.present(9, Int32(oneof)) }
        writer.field(10, jsonName)
        writer.field(17, cardinality == .optional)
    }

    /// The name that protoc gives to the message of a map's entries, such as `ByDayEntry` for `by_day`.
    var entryName: String {
        let name = ProtoName.json(name)
        return name.prefix(1).uppercased() + name.dropFirst() + "Entry"
    }

    fileprivate func writeEntry(to writer: inout ProtobufWriter, in package: String) {
        let entry = ProtoMessage(
            name: entryName, description: "",
            fields: [
                ProtoField(name: "key", jsonName: "key", number: 1, cardinality: .single, type: .string, description: ""),
                ProtoField(name: "value", jsonName: "value", number: 2, cardinality: .single, type: type, description: ""),
            ], isChoice: false)
        entry.write(to: &writer, in: package)
        writer.delimited(7) { $0.field(7, true) }
    }
}

extension ProtoType {
    fileprivate func path(in package: String) -> String {
        switch self {
        case .message(let name), .enumeration(let name): ProtoFile.path(of: name, in: package)
        default: ""
        }
    }

    fileprivate var number: Int32 {
        switch self {
        case .double: 1
        case .float: 2
        case .int64: 3
        case .uint64: 4
        case .int32: 5
        case .bool: 8
        case .string: 9
        case .message: 11
        case .bytes: 12
        case .uint32: 13
        case .enumeration: 14
        }
    }
}

extension ProtoEnumeration {
    fileprivate func write(to writer: inout ProtobufWriter) {
        writer.field(1, name)
        for value in values {
            writer.delimited(2) { entry in
                entry.field(1, value.name)
                entry.present(2, Int32(value.number))
            }
        }
        for reservation in reserved {
            writer.delimited(4) { range in
                range.field(1, Int32(reservation.number))
                range.field(2, Int32(reservation.number))
            }
        }
        writer.field(5, reserved.map(\.name))
    }
}

extension ProtoService {
    fileprivate func write(to writer: inout ProtobufWriter, in package: String) {
        writer.field(1, name)
        for method in methods {
            writer.delimited(2) { entry in
                entry.field(1, method.name)
                entry.field(2, ProtoFile.path(of: method.request, in: package))
                entry.field(3, ProtoFile.path(of: method.reply, in: package))
                entry.field(5, method.streamsRequest)
                entry.field(6, method.streamsReply)
            }
        }
    }
}
