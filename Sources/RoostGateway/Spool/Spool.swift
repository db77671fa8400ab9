import Roost
import RoostHTTP
import Synchronization

/// Buffers a body between its sender and its receiver, so that neither waits for the other: in memory as far as possible, and the rest in a
/// file. One task writes to it and one reads it.
final class Spool: Sendable {
    private enum Piece {
        /// Bytes for which the reader waited.
        case handed([UInt8])
        /// Bytes for which memory is reserved.
        case kept([UInt8])
        case stored(offset: Int, count: Int)
    }

    private struct State {
        /// The reserved bytes in memory and on disk.
        var memory = 0, disk = 0
        var file: SpoolFile?
        /// The position of the next piece in the file, and the number of pieces in it that have not been read.
        var offset = 0, stored = 0
    }

    private enum Place {
        case memory
        case file(SpoolFile?, offset: Int)
    }

    private let capacity: SpoolCapacity
    private let client: ClientKey
    private let state = Mutex(State())
    /// The pieces. Their number is limited by the space that is reserved for them; beyond that, one is sent whenever the reader waits.
    private let pieces = BoundedChannel<Piece>(capacity: 0)

    /// The largest part of a body in memory: 256 KiB.
    static let memory = 256 << 10
    /// The step in which disk space is reserved: 1 MiB, which also limits the number of files.
    private static let step = 1 << 20

    init(in capacity: SpoolCapacity, for client: ClientKey) {
        self.capacity = capacity
        self.client = client
    }

    deinit {
        let (memory, disk) = state.withLock { ($0.memory, $0.disk) }
        if memory > 0 { capacity.memory.release(memory, for: client) }
        if disk > 0 { capacity.disk.release(disk, for: client) }
    }

    /// Adds a piece.
    /// - Parameters:
    ///   - piece: The piece.
    ///   - isRead: Whether the body is being read, so that it is worth waiting for space.
    /// - Throws: A `Problem` with status 503 if there is no space and nobody reads; a `CancellationError` if nobody will read.
    func add(_ piece: [UInt8], isRead: Bool) async throws {
        while !piece.isEmpty {
            if pieces.isCancelled { throw CancellationError() }
            if pieces.hasRoom { return _ = pieces.send(.handed(piece)) }
            switch place(piece) {
            case .memory: return _ = pieces.send(.kept(piece))
            case .file(let file, let offset):
                do { return try await store(piece, in: file, at: offset) } catch let failure as SpoolFile.Failure {
                    // Without a disk, only memory is used, and after that the pace of the reader.
                    if reserveMemory(piece.count) { return _ = pieces.send(.kept(piece)) }
                    guard isRead else { throw failure }
                }
            case nil:
                guard isRead else { throw Problem.unavailable("Too many request bodies are being received. Try again soon.") }
            }
            guard await pieces.waitForRoom() else { throw CancellationError() }
        }
    }

    /// Ends the body, successfully or with an error that the reader gets after the earlier pieces.
    func finish(_ end: Result<Void, any Error> = .success(())) { pieces.finish(end) }

    /// Stops reading.
    func abandon() { pieces.cancel() }

    /// Returns the next piece, or `nil` at the end.
    func next() async throws -> [UInt8]? {
        switch try await pieces.next() {
        case nil: return nil
        case .handed(let bytes): return bytes
        case .kept(let bytes):
            state.withLock { $0.memory -= bytes.count }
            capacity.memory.release(bytes.count, for: client)
            return bytes
        case .stored(let offset, let count):
            defer { state.withLock { $0.stored -= 1 } }
            guard let file = state.withLock({ $0.file }) else { return [] }
            return try await capacity.files.run { try file.read(count, at: offset) }
        }
    }

    /// Reserves space for a piece.
    /// - Returns: `nil` if there is none.
    private func place(_ piece: [UInt8]) -> Place? {
        state.withLock { state in
            if state.memory + piece.count <= Self.memory, capacity.memory.reserve(piece.count, for: client) {
                state.memory += piece.count
                return .memory
            }
            if state.stored == 0 { state.offset = 0 }
            while state.offset + piece.count > state.disk {
                guard capacity.disk.reserve(Self.step, for: client) else { return nil }
                state.disk += Self.step
            }
            defer {
                state.offset += piece.count
                state.stored += 1
            }
            return .file(state.file, offset: state.offset)
        }
    }

    /// Reserves memory for a piece that could not be stored.
    private func reserveMemory(_ count: Int) -> Bool {
        state.withLock { state in
            state.stored -= 1
            guard capacity.memory.reserve(count, for: client) else { return false }
            state.memory += count
            return true
        }
    }

    private func store(_ piece: [UInt8], in file: SpoolFile?, at offset: Int) async throws {
        let file = try await capacity.files.run {
            let file = try file ?? SpoolFile()
            try file.write(piece, at: offset)
            return file
        }
        state.withLock { $0.file = file }
        pieces.send(.stored(offset: offset, count: piece.count))
    }
}
