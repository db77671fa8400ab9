import Roost
import RoostHTTP

/// What the bodies that wait in the gateway may take of memory and disk.
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
