import Roost

/// The results of a query one after another, without having all of them in memory.
///
/// ```swift
/// for try await row in database.stream(OrderRow.all) { … }
/// ```
///
/// The engine is asked for the next portion only when the one before has been read, and all rows belong to one snapshot. While a stream is
/// read, it has a connection of its own; it is released at the end, and also when the loop is left early or its task is cancelled. Each
/// iterator runs the query anew.
public struct RowStream<Element: Sendable>: AsyncSequence, Sendable {
    /// Any error.
    public typealias Failure = any Error

    private let read: @Sendable (BoundedChannel<[Element]>) async throws -> Void

    /// - Parameter read: Sends the rows in portions to the channel, each one when it has room.
    init(_ read: @escaping @Sendable (BoundedChannel<[Element]>) async throws -> Void) { self.read = read }

    /// Begins to read when the first row is asked for.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(reader: Reader(read)) }

    /// Reads rows one after another.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let reader: Reader

        /// Returns the next row, or `nil` at the end.
        /// - Throws: A `DatabaseError`; a `Problem` with status 503 if no connection became available in time; a `CancellationError`.
        public mutating func next() async throws -> Element? { try await reader.next() }
    }

    /// The task that reads, for one iterator. It is cancelled when the iterator is released.
    fileprivate final class Reader {
        private let channel = BoundedChannel<[Element]>(capacity: 1)
        private let read: @Sendable (BoundedChannel<[Element]>) async throws -> Void
        private var task: Task<Void, Never>?
        private var rows: ArraySlice<Element> = []

        init(_ read: @escaping @Sendable (BoundedChannel<[Element]>) async throws -> Void) { self.read = read }

        deinit { stop() }

        func next() async throws -> Element? {
            if let row = rows.popFirst() { return row }
            if task == nil { start() }
            do {
                while rows.isEmpty, let portion = try await channel.next() { rows = portion[...] }
            } catch {
                stop()
                throw error
            }
            return rows.popFirst()
        }

        private func start() {
            task = Task { [channel, read] in
                do {
                    try await read(channel)
                    channel.finish()
                } catch {
                    channel.finish(.failure(error))
                }
            }
        }

        private func stop() {
            channel.cancel()
            task?.cancel()
        }
    }
}

extension SnapshotSource {
    /// Returns the rows of a query one after another.
    /// - Parameters:
    ///   - query: The query.
    ///   - count: The largest number of rows that are read from the engine at once.
    public func stream<Row>(_ query: Query<Row>, fetchSize count: Int = 256) -> RowStream<Row> {
        stream(query.scoped, fetchSize: count, { try query.decode(&$0) }, query.known)
    }

    /// Returns the results of a query one after another.
    /// - Parameters:
    ///   - query: The query.
    ///   - count: The largest number of results that are read from the engine at once.
    public func stream<Result>(_ query: Selection<Result>, fetchSize count: Int = 256) -> RowStream<Result> {
        stream(query.select, fetchSize: count, query.decode) { $0 }
    }

    /// Returns the rows of a join one after another, a tuple for each result.
    /// - Parameters:
    ///   - join: The join.
    ///   - count: The largest number of results that are read from the engine at once.
    public func stream<each Row: JoinedRow>(_ join: Join<repeat each Row>, fetchSize count: Int = 256) -> RowStream<(repeat each Row)> {
        stream(join.select, fetchSize: count, { row in (repeat try (each Row)(joined: &row)) }) { $0 }
    }

    /// - Parameter choose: Returns the results of a portion that are passed on.
    private func stream<Row: Sendable, Result>(
        _ select: SelectStatement, fetchSize count: Int, _ decode: @escaping RowDecoder<Row>,
        _ choose: @escaping @Sendable ([Row]) -> [Result]
    ) -> RowStream<Result> {
        let statement = select.statement(for: dialect)
        return RowStream { channel in
            try await read { snapshot in
                try await snapshot.work.stream(statement, fetchSize: max(1, count), decode) { rows in
                    guard channel.send(choose(rows)), await channel.waitForRoom() else { throw CancellationError() }
                }
            }
        }
    }
}
