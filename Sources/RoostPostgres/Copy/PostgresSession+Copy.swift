import NIOCore
import Roost
import RoostData

extension PostgresSession {
    /// The size from which data is written, in bytes.
    private static let pieceSize = 64 << 10
    /// How much data of the server waits for its reader before the connection is not read any more, in bytes.
    private static let capacity = 256 << 10

    /// Copies data into a table.
    /// - Returns: The number of rows.
    func copy<Source: AsyncSequence>(in statement: String, from source: Source) async throws -> Int where Source.Element == [UInt8] {
        let flight = try await begin(statement, .toServer)
        do {
            var piece: [UInt8] = []
            for try await bytes in source {
                piece += bytes
                guard piece.count >= Self.pieceSize else { continue }
                // The server has refused a row.
                if flight.ended.outcome != nil { break }
                try await write(piece)
                piece.removeAll(keepingCapacity: true)
            }
            try await write(piece, isLast: true)
        } catch {
            onLoop { $0.failCopy() }
            throw error
        }
        return try await flight.ended.value()
    }

    /// Copies data out of a table, and passes it on as it arrives.
    func copy<Result>(out statement: String, _ body: (CopiedData) async throws -> Result) async throws -> Result {
        let lease = lease
        let channel = BoundedChannel<[UInt8]>(
            capacity: Self.capacity, onDemand: { lease.eventLoop.execute { lease.value.setReading(true) } })
        let flight = try await begin(statement, .fromServer) { lease in
            { bytes in
                channel.send(Array(bytes), joiningUpTo: Self.pieceSize)
                if !channel.hasRoom { lease.setReading(false) }
            }
        }
        // It waits for the end of the copy even if the caller is cancelled.
        let ending = Task {
            do {
                _ = try await flight.ended.value()
                channel.finish()
            } catch {
                channel.finish(.failure(error))
            }
        }
        do {
            let result = try await body(CopiedData(channel: channel))
            // What the body has not read is dropped.
            channel.cancel()
            onLoop { $0.setReading(true) }
            _ = await ending.value
            return result
        } catch {
            channel.cancel()
            onLoop { lease in
                lease.setReading(true)
                lease.cancel()
            }
            throw error
        }
    }

    private func begin(
        _ statement: String, _ direction: CopyDirection,
        _ receive: @escaping @Sendable (Lease) -> (UnsafeRawBufferPointer) -> Void = { _ in { _ in } }
    ) async throws -> CopyEnds {
        let deadline = RequestContext.current?.deadline, id = CallNumber.next()
        let ends: CopyEnds = await withUnsafeContinuation { caller in
            onLoop { lease in
                let flight = CopyFlight(direction, id: id, deadline: deadline, receive: receive(lease))
                lease.run(script: statement, flight)
                caller.resume(returning: CopyEnds(begun: flight.begun, ended: flight.ended))
            }
        }
        try await ends.begun.value()
        return ends
    }

    private func write(_ bytes: [UInt8], isLast: Bool = false) async throws {
        let written = lease.eventLoop.makePromise(of: Void.self)
        onLoop { $0.write(copied: bytes, isLast: isLast, written) }
        try await written.futureResult.get()
    }
}

/// The two ends of a copy.
struct CopyEnds: Sendable {
    let begun: Promise<Void>
    let ended: Promise<Int>
}

extension Lease {
    /// Writes data of a copy. The promise succeeds when the system has taken it, so that the writer is as slow as the server.
    func write(copied bytes: [UInt8], isLast: Bool, _ written: EventLoopPromise<Void>) {
        guard connection.isOpen else { return written.fail(Problem.connectionLost(cause: connection.ending)) }
        if !bytes.isEmpty { connection.out.writeCopyData(bytes) }
        if isLast { connection.out.writeCopyDone() }
        connection.flush(written)
    }

    func failCopy() {
        guard connection.isOpen else { return }
        connection.out.writeCopyFail("the rows could not be read")
        connection.flush()
    }

    /// Lets the connection be read, or not. The server then waits as soon as the system's buffers are full.
    func setReading(_ isReading: Bool) { connection.setReading(isReading) }

    /// Stops what the connection runs.
    func cancel() {
        pool.cancel(connection)
        pool.startWatch()
    }
}

/// Data that a `COPY … TO STDOUT` sends, in pieces of any length. It is read while it arrives.
public struct CopiedData: AsyncSequence, Sendable {
    let channel: BoundedChannel<[UInt8]>

    /// The number of bytes that have arrived and were not read.
    var waiting: Int { channel.size }

    /// Returns an iterator over the data that has not been read yet.
    public func makeAsyncIterator() -> Iterator { Iterator(channel: channel) }

    /// Reads pieces as they arrive.
    public struct Iterator: AsyncIteratorProtocol {
        let channel: BoundedChannel<[UInt8]>

        /// Returns the next piece, or `nil` at the end.
        /// - Throws: A `DatabaseError` if the statement fails; a `Problem` with status 503 if the connection is lost.
        public func next() async throws -> [UInt8]? { try await channel.next() }
    }
}
