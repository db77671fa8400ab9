import NIOCore
import Roost
import RoostData

extension PostgresConnection {
    /// Sends the statements of a flight, whose shapes are known.
    /// - Parameters:
    ///   - flight: The flight.
    ///   - prefix: A statement to run first, such as `BEGIN`.
    /// - Throws: A `DatabaseError` if a value does not fit. The flight was then not sent.
    func send(_ flight: PreparedFlight, after prefix: String? = nil) throws(DatabaseError) {
        freeDropped()
        let start = out.writerIndex
        do {
            if let prefix { writePrefix(prefix, for: flight) }
            try flight.write(to: self)
            out.writeBytes(PreparedStatement.sync)
            flight.skipped = prefix == nil ? 0 : 1
            depart(flight)
        } catch {
            // What prepares statements is not sent either.
            for case let parsing? in flight.parsing { forget(parsing) }
            out.moveWriterIndex(to: start)
            throw error
        }
    }

    /// Asks for more rows of a portal.
    func resume(_ flight: StatementFlight, _ statement: SentStatement) {
        out.writeExecute(portal: flight.portal ?? "", limit: flight.limit)
        out.writeBytes(PreparedStatement.sync)
        flight.sent = statement
        flight.isBound = true
        depart(flight)
    }

    /// Frees a portal.
    func close(portal: String) {
        out.writeClose(portal: portal)
        out.writeBytes(PreparedStatement.sync)
        depart(CheckFlight(deadline: nil) { _ in })
    }

    /// Sends statements of trusted text by the simple protocol.
    func send(script: String, _ flight: Flight) {
        out.writeQuery(script)
        depart(flight)
    }

    /// Asks for the shape of a statement.
    /// - Parameter types: The types that are known; the server infers the others.
    func describe(_ text: String, _ types: [OID], _ flight: DescribeFlight) {
        out.writeParse(name: "", text: text, types: types)
        out.writeDescribe(statement: "")
        out.writeSync()
        depart(flight)
    }

    /// Asks whether the server is still there.
    func check(_ flight: Flight) {
        out.writeSync()
        depart(flight)
    }

    private func writePrefix(_ text: String, for flight: Flight) {
        flight.parsing.append(nil)
        out.writeParse(name: "", text: text, types: [])
        out.writeMessage("B") { buffer in
            buffer.writeMultipleIntegers(UInt8(0), UInt8(0), UInt16(0), UInt16(0), UInt16(0))
        }
        out.writeBytes(PreparedStatement.execute)
    }

    /// Returns the prepared statement, after writing what prepares it if it is new.
    func prepare(_ shape: StatementShape) -> (PreparedStatement, isNew: Bool) {
        if !usesUnnamedStatements, let known = statements.value(of: ObjectIdentifier(shape)) { return (known, false) }
        statementNumber += 1
        let prepared = PreparedStatement(shape, name: usesUnnamedStatements ? "" : "r\(statementNumber)", on: loop)
        out.writeParse(name: prepared.name, text: shape.text, types: shape.parameters)
        out.writeDescribe(statement: prepared.name)
        return (prepared, true)
    }

    /// Keeps a statement that a flight prepares, and drops the one that was used longest ago if there are too many.
    func keep(_ prepared: PreparedStatement, for flight: Flight) {
        flight.parsing.append(usesUnnamedStatements ? nil : prepared)
        guard !usesUnnamedStatements else { return }
        if let other = statements.insert(prepared, for: ObjectIdentifier(prepared.shape)) { dropped.append(other.name) }
    }

    /// Frees the statements that were dropped. That is the first thing in a flight: the server skips whatever follows an error.
    private func freeDropped() {
        for name in dropped { out.writeClose(statement: name) }
        dropped.removeAll(keepingCapacity: true)
    }
}
