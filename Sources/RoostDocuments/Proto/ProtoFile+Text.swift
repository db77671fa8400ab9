extension ProtoFile {
    /// The source text of the file.
    public var text: String {
        var lines = Self.comment(description) + ["syntax = \"proto3\";", "", "package \(package);"]
        if !imports.isEmpty { lines += [""] + imports.map { "import \"\($0)\";" } }
        if let service { lines += [""] + service.lines(in: package) }
        for message in messages { lines += [""] + message.lines(in: package) }
        for enumeration in enumerations { lines += [""] + enumeration.lines }
        return lines.joined(separator: "\n") + "\n"
    }

    fileprivate static func comment(_ text: String) -> [String] {
        text.split(whereSeparator: \.isNewline).map { "// " + $0 }
    }

    fileprivate static func block(_ head: String, _ description: String, _ body: [String]) -> [String] {
        comment(description) + (body.isEmpty ? ["\(head) {}"] : ["\(head) {"] + body.map { "  " + $0 } + ["}"])
    }
}

extension ProtoService {
    fileprivate func lines(in package: String) -> [String] {
        let names = Set(methods.map(\.name))
        // Within a service, a method hides a message of the same name.
        func path(_ message: String) -> String { names.contains(message) ? "\(package).\(message)" : message }
        return ProtoFile.block(
            "service \(name)", description,
            methods.flatMap { method in
                let request = (method.streamsRequest ? "stream " : "") + path(method.request)
                let reply = (method.streamsReply ? "stream " : "") + path(method.reply)
                return ProtoFile.comment(method.description) + ["rpc \(method.name)(\(request)) returns (\(reply));"]
            })
    }
}

extension ProtoMessage {
    fileprivate func lines(in package: String) -> [String] {
        // Within a message, the entry type of a map hides a message of the same name, which then needs its full name.
        let hidden = Set(fields.filter { $0.cardinality == .map }.map(\.entryName))
        let fields = fields.flatMap { field in
            ProtoFile.comment(field.description) + [field.line(hidden.contains(field.type.text) ? "\(package)." : "")]
        }
        let body = isChoice && !fields.isEmpty ? ProtoFile.block("oneof \(choiceName)", "", fields) : fields
        return ProtoFile.block("message \(name)", description, reserved.lines + body)
    }

    /// The name of the oneof, which must differ from the names of its cases, also in JSON.
    var choiceName: String {
        if let oneofName { return oneofName }
        var name = "choice"
        while fields.contains(where: { $0.name == name || $0.jsonName == name }) { name += "_" }
        return name
    }
}

extension ProtoField {
    /// - Parameter scope: The prefix of the type's name.
    fileprivate func line(_ scope: String) -> String {
        let json = jsonName == ProtoName.json(name) ? [] : ["json_name = \"\(Self.escaped(jsonName))\""]
        let options = json + (isDeprecated ? ["deprecated = true"] : [])
        let list = options.isEmpty ? "" : " [\(options.joined(separator: ", "))]"
        return "\(shape(of: scope + type.text)) \(name) = \(number)\(list);"
    }

    private func shape(of type: String) -> String {
        switch cardinality {
        case .single: type
        case .optional: "optional \(type)"
        case .repeated: "repeated \(type)"
        case .map: "map<string, \(type)>"
        }
    }

    private static func escaped(_ text: String) -> String { text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") }
}

extension ProtoType {
    var text: String {
        switch self {
        case .message(let name), .enumeration(let name): name
        case .double: "double"
        case .float: "float"
        case .int64: "int64"
        case .uint64: "uint64"
        case .int32: "int32"
        case .uint32: "uint32"
        case .bool: "bool"
        case .string: "string"
        case .bytes: "bytes"
        }
    }
}

extension ProtoEnumeration {
    fileprivate var lines: [String] {
        ProtoFile.block(
            "enum \(name)", description,
            reserved.lines + values.flatMap { ProtoFile.comment($0.description) + ["\($0.name) = \($0.number);"] })
    }
}

extension [ProtoReservation] {
    fileprivate var lines: [String] {
        if isEmpty { return [] }
        return [
            "reserved \(map { String($0.number) }.joined(separator: ", "));",
            "reserved \(map { "\"\($0.name)\"" }.joined(separator: ", "));",
        ]
    }
}
