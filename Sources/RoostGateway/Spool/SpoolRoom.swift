import Roost
import RoostHTTP
import Synchronization

/// What the bodies that wait in the gateway may take of memory and disk: so much in all, and a quarter of that for one client.
final class SpoolRoom: Sendable {
    enum Place {
        case memory, disk
    }

    private struct Level {
        let limit: Int
        var used = 0
        var shares: [ClientKey: Int] = [:]

        mutating func reserve(_ count: Int, for client: ClientKey) -> Bool {
            let share = shares[client] ?? 0
            guard used + count <= limit, share + count <= limit / 4 else { return false }
            used += count
            shares[client] = share + count
            return true
        }

        mutating func release(_ count: Int, for client: ClientKey) {
            used -= count
            let share = (shares[client] ?? 0) - count
            shares[client] = share > 0 ? share : nil
        }
    }

    private let memory: Mutex<Level>
    private let disk: Mutex<Level>
    /// Reads and writes the files.
    let files = BlockingPool("roost.spool", threads: 2, limit: 4096)

    init(_ shares: ClientShares) {
        memory = Mutex(Level(limit: shares.memory))
        disk = Mutex(Level(limit: shares.disk))
    }

    /// - Returns: whether there is room.
    func reserve(_ count: Int, in place: Place, for client: ClientKey) -> Bool {
        switch place {
        case .memory: memory.withLock { $0.reserve(count, for: client) }
        case .disk: disk.withLock { $0.reserve(count, for: client) }
        }
    }

    func release(_ count: Int, in place: Place, for client: ClientKey) {
        switch place {
        case .memory: memory.withLock { $0.release(count, for: client) }
        case .disk: disk.withLock { $0.release(count, for: client) }
        }
    }

    /// Bytes that are reserved.
    func used(in place: Place) -> Int {
        switch place {
        case .memory: memory.withLock { $0.used }
        case .disk: disk.withLock { $0.used }
        }
    }
}
