import Roost
import RoostHTTP
import Synchronization

/// Buffers a body between its sender and its receiver, so that neither waits for the other: in memory as far as possible, and the rest in a
/// file. One task writes to it and one reads it.
final class Spool: Sendable {
    private typealias Reader = CheckedContinuation<[UInt8]?, any Error>

    private enum Piece {
        case bytes([UInt8])
        case stored(offset: Int, count: Int)
    }

    private struct State {
        var pieces: ArraySlice<Piece> = []
        /// The bytes of `pieces` in memory, and the reserved bytes on disk.
        var memory = 0, disk = 0
        var file: SpoolFile?
        /// The position of the next piece in the file.
        var offset = 0
        /// Whether the reader is reading a piece from the file.
        var isReading = false
        var reader: Reader?
        /// The writer that waits for space.
        var writer: CheckedContinuation<Void, Never>?
        var end: Result<Void, any Error>?
        var isAbandoned = false
    }

    private enum Placing {
        case handed(Reader), kept
        case toStore(SpoolFile?, offset: Int)
        case full
    }

    private let capacity: SpoolCapacity
    private let client: ClientKey
    private let state = Mutex(State())

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
            switch try place(piece) {
            case .handed(let reader): return reader.resume(returning: piece)
            case .kept: return
            case .toStore(let file, let offset):
                do { return try await store(piece, in: file, at: offset) } catch let failure as SpoolFile.Failure {
                    // Without a disk, only memory is used, and after that the pace of the reader.
                    if capacity.memory.reserve(piece.count, for: client) { return hand(.bytes(piece)) }
                    guard isRead else { throw failure }
                    try await waitForRoom()
                }
            case .full:
                guard isRead else { throw Problem.unavailable("Too many request bodies are being received. Try again soon.") }
                try await waitForRoom()
            }
        }
    }

    /// Ends the body, successfully or with an error that the reader gets after the earlier pieces.
    func finish(_ end: Result<Void, any Error> = .success(())) {
        let reader = state.withLock { state -> Reader? in
            guard state.end == nil else { return nil }
            state.end = end
            return state.reader.take()
        }
        reader?.resume(with: end.map { nil })
    }

    /// Stops reading.
    func abandon() {
        let (reader, writer) = state.withLock { state in
            state.isAbandoned = true
            return (state.reader.take(), state.writer.take())
        }
        reader?.resume(throwing: CancellationError())
        writer?.resume()
    }

    /// Returns the next piece, or `nil` at the end.
    func next() async throws -> [UInt8]? {
        while true {
            if let piece = take() { return try await bytes(of: piece) }
            let piece = try await withTaskCancellationHandler {
                try await withCheckedThrowingContinuation { wait($0) }
            } onCancel: {
                state.withLock { $0.reader.take() }?.resume(throwing: CancellationError())
            }
            if piece?.isEmpty != true { return piece }
        }
    }

    /// Makes the reader wait for the next piece. It gets an empty one if there is already something to take.
    private func wait(_ reader: Reader) {
        let (now, writer) = state.withLock { state -> (Result<[UInt8]?, any Error>?, CheckedContinuation<Void, Never>?) in
            if !state.pieces.isEmpty { return (.success([]), nil) }
            if let end = state.end { return (end.map { nil }, nil) }
            state.reader = reader
            return (nil, state.writer.take())
        }
        if let now { reader.resume(with: now) }
        writer?.resume()
        // The task may have been cancelled before the continuation was stored.
        if Task.isCancelled { state.withLock { $0.reader.take() }?.resume(throwing: CancellationError()) }
    }

    private func place(_ piece: [UInt8]) throws -> Placing {
        try state.withLock { state in
            if state.isAbandoned { throw CancellationError() }
            if let reader = state.reader.take() { return .handed(reader) }
            if state.memory + piece.count <= Self.memory, capacity.memory.reserve(piece.count, for: client) {
                state.memory += piece.count
                state.pieces.append(.bytes(piece))
                return .kept
            }
            if state.pieces.isEmpty, !state.isReading { state.offset = 0 }
            while state.offset + piece.count > state.disk {
                guard capacity.disk.reserve(Self.step, for: client) else { return .full }
                state.disk += Self.step
            }
            defer { state.offset += piece.count }
            return .toStore(state.file, offset: state.offset)
        }
    }

    private func store(_ piece: [UInt8], in file: SpoolFile?, at offset: Int) async throws {
        let file = try await capacity.files.run {
            let file = try file ?? SpoolFile()
            try file.write(piece, at: offset)
            return file
        }
        state.withLock { $0.file = file }
        hand(.stored(offset: offset, count: piece.count))
    }

    /// Adds a piece that has its place, or passes it to a reader that has begun to wait.
    private func hand(_ piece: Piece) {
        let reader = state.withLock { state -> Reader? in
            state.pieces.append(piece)
            if case .bytes(let bytes) = piece { state.memory += bytes.count }
            return state.reader.take()
        }
        // The reader takes the piece itself.
        reader?.resume(returning: [])
    }

    private func waitForRoom() async throws {
        await withCheckedContinuation { writer in
            let isOver = state.withLock { state in
                if state.isAbandoned || state.reader != nil { return true }
                state.writer = writer
                return false
            }
            if isOver { writer.resume() }
        }
        try Task.checkCancellation()
    }

    private func take() -> Piece? {
        let (piece, writer) = state.withLock { state -> (Piece?, CheckedContinuation<Void, Never>?) in
            guard let piece = state.pieces.popFirst() else { return (nil, nil) }
            switch piece {
            case .bytes(let bytes):
                state.memory -= bytes.count
                capacity.memory.release(bytes.count, for: client)
            case .stored: state.isReading = true
            }
            return (piece, state.writer.take())
        }
        writer?.resume()
        return piece
    }

    private func bytes(of piece: Piece) async throws -> [UInt8] {
        switch piece {
        case .bytes(let bytes): return bytes
        case .stored(let offset, let count):
            guard let file = state.withLock({ $0.file }) else { return [] }
            defer { state.withLock { $0.isReading = false } }
            return try await capacity.files.run { try file.read(count, at: offset) }
        }
    }
}
