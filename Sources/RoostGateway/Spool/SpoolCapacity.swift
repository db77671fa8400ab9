import Roost
import RoostHTTP

/// The memory and disk space that waiting bodies in the gateway can use.
final class SpoolCapacity: Sendable {
    let memory: SharedCapacity
    let disk: SharedCapacity
    /// Reads and writes the files.
    let files = BlockingPool("roost.spool", threads: 2, limit: 4096)

    init(_ shares: ClientShares) {
        memory = SharedCapacity(shares.memory)
        disk = SharedCapacity(shares.disk)
    }
}
