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

    /// Reads a `RowDescription`.
    /// - Parameter formats: The formats that were asked for; `nil` to ask for the best one of each type.
    convenience init(_ body: UnsafeRawBufferPointer, formats: Columns? = nil) throws(ProtocolViolation) {
        var reader = MessageReader(body)
        let count = Int(try reader.int16())
        guard count >= 0 else { throw ProtocolViolation("a negative number of columns") }
        var list: [Column] = []
        for index in 0..<count {
            let name = try reader.string()
            _ = try reader.bytes(6)
            let type = OID(rawValue: UInt32(bitPattern: try reader.int32()))
            _ = try reader.bytes(8)
            let isBinary = formats.map { index < $0.list.count && $0.list[index].isBinary } ?? type.isReadAsBinary
            list.append(Column(name: name, type: type, isBinary: isBinary))
        }
        try reader.finish()
        self.init(list)
    }

    /// Whether all columns have the same types as others.
    func matches(_ other: Columns) -> Bool {
        self === other || list.count == other.list.count && zip(list, other.list).allSatisfy { $0.type == $1.type && $0.name == $1.name }
    }

    /// The format codes of `Bind`: none for all text, one if all are binary, and otherwise one for each column.
    var formatCodes: [Int16] {
        if list.allSatisfy(\.isBinary) { return list.isEmpty ? [] : [1] }
        if !list.contains(where: \.isBinary) { return [] }
        return list.map { $0.isBinary ? 1 : 0 }
    }
}
