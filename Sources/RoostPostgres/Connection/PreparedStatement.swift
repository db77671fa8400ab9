import NIOCore
import Roost
import RoostData

/// What the server has said of a statement: the types of its parameters, and its columns.
final class StatementShape {
    let text: String
    let parameters: [OID]
    /// The columns as the newest connection has described them.
    var columns: Columns

    init(text: String, parameters: [OID], columns: Columns) {
        self.text = text
        self.parameters = parameters
        self.columns = columns
    }
}

/// A statement that a connection has prepared, with the parts of its messages that never change.
final class PreparedStatement {
    let shape: StatementShape
    let name: String
    /// The columns as this connection sends them.
    private(set) var columns: Columns
    /// The number of times that the columns turned out to be others than expected.
    private(set) var revision = 0
    /// The event loop of its connection.
    let loop: (any EventLoop)?
    /// What `Bind` begins with: the portal, which has no name, and the statement.
    private let head: [UInt8]
    /// What `Bind` ends with: the formats of the columns.
    private(set) var tail: [UInt8] = []

    init(_ shape: StatementShape, name: String, on loop: (any EventLoop)? = nil) {
        self.loop = loop
        self.shape = shape
        self.name = name
        columns = shape.columns
        head = [0] + Array(name.utf8) + [0]
        tail = Self.tail(columns)
    }

    /// Takes the columns as this connection describes them, which are others than expected if the schema has changed.
    func take(_ columns: Columns) {
        self.columns = columns
        revision += 1
        shape.columns = columns
        tail = Self.tail(columns)
    }

    private static func tail(_ columns: Columns) -> [UInt8] {
        var buffer = ByteBuffer()
        let codes = columns.formatCodes
        buffer.writeInteger(UInt16(truncatingIfNeeded: codes.count))
        for code in codes { buffer.writeInteger(code) }
        return Array(buffer.readableBytesView)
    }

    /// `Execute` without a limit, as bytes.
    static let execute: [UInt8] = [0x45, 0, 0, 0, 9, 0, 0, 0, 0, 0]
    /// `Sync`, as bytes.
    static let sync: [UInt8] = [0x53, 0, 0, 0, 4]

    /// Writes `Bind` with values for the parameters.
    /// - Throws: A `DatabaseError` if a value does not fit. What was written up to then must be removed.
    func writeBind(_ values: [SQLData], portal: String? = nil, into buffer: inout ByteBuffer) throws(DatabaseError) {
        let types = shape.parameters
        guard values.count == types.count else {
            throw DatabaseError(.engine, "the statement has \(types.count) parameters, and \(values.count) values are bound")
        }
        let start = buffer.writerIndex
        buffer.writeMultipleIntegers(UInt8(ascii: "B"), Int32(0))
        if let portal { buffer.writeString(portal) }
        buffer.writeBytes(head)
        buffer.writeInteger(UInt16(truncatingIfNeeded: values.count))
        for index in values.indices { buffer.writeInteger(ParameterEncoder.format(of: values[index], as: types[index])) }
        buffer.writeInteger(UInt16(truncatingIfNeeded: values.count))
        for index in values.indices { try ParameterEncoder.write(values[index], as: types[index], into: &buffer) }
        buffer.writeBytes(tail)
        buffer.setInteger(Int32(truncatingIfNeeded: buffer.writerIndex - start - 1), at: start + 1)
    }
}
