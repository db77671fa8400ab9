import Roost
import RoostHTTP
import Synchronization

/// The part of the shared memory that a message occupies while it arrives.
final class MessageReservation: Sendable {
    private let capacity: SharedCapacity
    private let client: ClientKey
    private let held = Mutex(0)

    init(_ capacity: SharedCapacity, for client: ClientKey) {
        self.capacity = capacity
        self.client = client
    }

    deinit { capacity.release(held.withLock { $0 }, for: client) }

    /// Sets the number of reserved bytes.
    /// - Throws: A `Problem` with status 429 if the memory is used up.
    func set(_ count: Int) throws(Problem) {
        try held.withLock { held throws(Problem) in
            if count < held {
                capacity.release(held - count, for: client)
            } else if count > held, !capacity.reserve(count - held, for: client) {
                throw Problem(.tooManyRequests, "Too many messages are being received.", headers: ["retry-after": "1"])
            }
            held = count
        }
    }
}
