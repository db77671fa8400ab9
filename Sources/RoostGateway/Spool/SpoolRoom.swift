import Roost
import RoostHTTP

/// The memory and disk space that waiting bodies in the gateway can use.
final class SpoolRoom: Sendable {
    let memory: SharedRoom
    let disk: SharedRoom
    /// Reads and writes the files.
    let files = BlockingPool("roost.spool", threads: 2, limit: 4096)

    init(_ shares: ClientShares) {
        memory = SharedRoom(shares.memory)
        disk = SharedRoom(shares.disk)
    }
}
