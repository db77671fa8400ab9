/// The columns of a statement's result: their names and types, and the format that each value is asked for in.
final class Columns: Sendable {
    struct Column: Hashable, Sendable {
        let name: String
        let type: OID
        let isBinary: Bool
    }

    let list: [Column]
    let names: [String]

    init(_ list: [Column]) {
        self.list = list
        names = list.map(\.name)
    }

    static let none = Columns([])

    /// Reads a `RowDescription`, to ask for the best format of each type.
    convenience init(_ body: UnsafeRawBufferPointer) throws(ProtocolViolation) {
        var reader = MessageReader(body)
        let count = Int(try reader.int16())
        guard count >= 0 else { throw ProtocolViolation("a negative number of columns") }
        var list: [Column] = []
        for _ in 0..<count {
            let name = try reader.string()
            _ = try reader.bytes(6)
            let type = OID(rawValue: UInt32(bitPattern: try reader.int32()))
            _ = try reader.bytes(8)
            list.append(Column(name: name, type: type, isBinary: type.isReadAsBinary))
        }
        try reader.finish()
        self.init(list)
    }

    /// Whether all columns have the same types as others.
    func matches(_ other: Columns) -> Bool {
        self === other || list.count == other.list.count && zip(list, other.list).allSatisfy { $0.type == $1.type && $0.name == $1.name }
    }

    /// Whether the server sends a column in the binary format, if these columns were asked for. A single code applies to all.
    private func isBinary(at index: Int) -> Bool {
        index < list.count ? list[index].isBinary : !list.isEmpty && list.allSatisfy(\.isBinary)
    }

    /// The columns as the server sends them if others were asked for.
    func asked(as other: Columns) -> Columns {
        Columns(list.indices.map { Column(name: list[$0].name, type: list[$0].type, isBinary: other.isBinary(at: $0)) })
    }

    /// The format codes of `Bind`: none for all text, one if all are binary, and otherwise one for each column.
    var formatCodes: [Int16] {
        if list.allSatisfy(\.isBinary) { return list.isEmpty ? [] : [1] }
        if !list.contains(where: \.isBinary) { return [] }
        return list.map { $0.isBinary ? 1 : 0 }
    }
}
