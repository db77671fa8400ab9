import Roost
import RoostData

extension SQLiteConnection {
    /// Begins to step through the result of a statement.
    /// - Returns: The number of the cursor.
    package func openCursor(_ statement: Statement) throws -> Int {
        let prepared = try prepare(statement.text)
        guard prepared.isReadOnly else { throw DatabaseError(.engine, "only a statement that reads can be streamed") }
        do {
            try prepared.bind(statement.bindings)
        } catch {
            prepared.reset()
            throw error
        }
        prepared.isBusy = true
        lastCursor += 1
        cursors[lastCursor] = prepared
        return lastCursor
    }

    /// Returns the next rows of a cursor, and closes it after the last one.
    /// - Returns: Fewer rows than `count` at the end.
    package func next<Row>(_ count: Int, of cursor: Int, _ decode: RowDecoder<Row>) throws -> [Row] {
        guard let statement = cursors[cursor] else { throw DatabaseError(.closed, "the stream is closed") }
        var rows: [Row] = []
        rows.reserveCapacity(count)
        do {
            while rows.count < count {
                guard try statement.step() else {
                    close(cursor)
                    return rows
                }
                var reader = RowReader(statement)
                rows.append(try decode(&reader))
            }
        } catch {
            close(cursor)
            throw error
        }
        return rows
    }

    /// Closes a cursor, if it is open.
    func close(_ cursor: Int) {
        guard let statement = cursors.removeValue(forKey: cursor) else { return }
        statement.reset()
        statement.isBusy = false
    }

    /// Closes all cursors.
    package func closeCursors() {
        for cursor in Array(cursors.keys) { close(cursor) }
    }
}
