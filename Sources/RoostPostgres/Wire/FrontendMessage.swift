import NIOCore

/// The messages that a client sends, each written at the end of a buffer
/// (https://www.postgresql.org/docs/current/protocol-message-formats.html).
extension ByteBuffer {
    /// Writes a message: its kind, its length, and the body.
    @inline(__always)
    mutating func writeMessage<E: Error>(_ kind: Unicode.Scalar, _ body: (inout ByteBuffer) throws(E) -> Void) throws(E) {
        writeInteger(UInt8(truncatingIfNeeded: kind.value))
        try writeLengthPrefixed(body)
    }

    /// Writes a message that has no kind, as the first ones of a connection.
    mutating func writeLengthPrefixed<E: Error>(_ body: (inout ByteBuffer) throws(E) -> Void) throws(E) {
        let start = writerIndex
        writeInteger(Int32(0))
        try body(&self)
        setInteger(Int32(truncatingIfNeeded: writerIndex - start), at: start)
    }

    /// Writes a value of a parameter: its length, which does not include itself, and its bytes.
    mutating func writeLengthPrefixedValue<E: Error>(_ body: (inout ByteBuffer) throws(E) -> Void) throws(E) {
        let start = writerIndex
        writeInteger(Int32(0))
        try body(&self)
        setInteger(Int32(truncatingIfNeeded: writerIndex - start - 4), at: start)
    }

    /// Writes text and a zero byte.
    mutating func writeCString(_ text: String) {
        writeString(text)
        writeInteger(UInt8(0))
    }

    /// Asks for TLS. The server answers with a single byte.
    mutating func writeTLSRequest() {
        writeLengthPrefixed { $0.writeInteger(Int32(80_877_103)) }
    }

    /// Asks the server to stop the statement that a connection is running.
    mutating func writeCancelRequest(_ key: BackendKey) {
        writeLengthPrefixed { buffer in
            buffer.writeInteger(Int32(80_877_102))
            buffer.writeInteger(key.processID)
            buffer.writeInteger(key.secret)
        }
    }

    /// Begins a connection, with protocol 3.0.
    mutating func writeStartup(_ parameters: [(String, String)]) {
        writeLengthPrefixed { buffer in
            buffer.writeInteger(Int32(196_608))
            for (name, value) in parameters {
                buffer.writeCString(name)
                buffer.writeCString(value)
            }
            buffer.writeInteger(UInt8(0))
        }
    }

    mutating func writePassword(_ password: String) { writeMessage("p") { $0.writeCString(password) } }

    mutating func writeSASLInitial(mechanism: String, _ response: String) {
        writeMessage("p") { buffer in
            buffer.writeCString(mechanism)
            buffer.writeInteger(Int32(response.utf8.count))
            buffer.writeString(response)
        }
    }

    mutating func writeSASLResponse(_ response: String) { writeMessage("p") { $0.writeString(response) } }

    /// Runs statements of trusted text, which may be several.
    mutating func writeQuery(_ text: String) { writeMessage("Q") { $0.writeCString(text) } }

    /// Prepares a statement.
    /// - Parameters:
    ///   - name: Its name, or nothing.
    ///   - text: The statement.
    ///   - types: The types of its parameters, of which 0 is to be inferred.
    mutating func writeParse(name: String, text: String, types: [OID]) {
        writeMessage("P") { buffer in
            buffer.writeCString(name)
            buffer.writeCString(text)
            buffer.writeInteger(UInt16(truncatingIfNeeded: types.count))
            for type in types { buffer.writeInteger(type.rawValue) }
        }
    }

    /// Asks for the parameters and columns of a prepared statement.
    mutating func writeDescribe(statement name: String) {
        writeMessage("D") { buffer in
            buffer.writeInteger(UInt8(ascii: "S"))
            buffer.writeCString(name)
        }
    }

    /// Runs a portal.
    /// - Parameters:
    ///   - portal: Its name.
    ///   - limit: The number of rows after which it pauses; 0 for no limit.
    mutating func writeExecute(portal: String, limit: Int32) {
        writeMessage("E") { buffer in
            buffer.writeCString(portal)
            buffer.writeInteger(limit)
        }
    }

    /// Frees a portal.
    mutating func writeClose(portal name: String) {
        writeMessage("C") { buffer in
            buffer.writeInteger(UInt8(ascii: "P"))
            buffer.writeCString(name)
        }
    }

    /// Frees a prepared statement.
    mutating func writeClose(statement name: String) {
        writeMessage("C") { buffer in
            buffer.writeInteger(UInt8(ascii: "S"))
            buffer.writeCString(name)
        }
    }

    /// Ends a flight. The server answers with `ReadyForQuery`.
    mutating func writeSync() { writeMessage("S") { _ in } }

    /// Asks for the answers so far, without ending the flight.
    mutating func writeFlush() { writeMessage("H") { _ in } }

    mutating func writeCopyData(_ bytes: [UInt8]) { writeMessage("d") { $0.writeBytes(bytes) } }

    mutating func writeCopyDone() { writeMessage("c") { _ in } }

    mutating func writeCopyFail(_ reason: String) { writeMessage("f") { $0.writeCString(reason) } }

    mutating func writeTerminate() { writeMessage("X") { _ in } }
}

/// What a server wants to see before it cancels a statement of a connection.
struct BackendKey: Hashable, Sendable {
    let processID: Int32
    let secret: Int32
}
