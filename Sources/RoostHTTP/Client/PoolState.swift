import NIOCore
import Roost

/// The state of a pool: who has which connection, and who waits. The pool carries out its decisions.
///
/// Every connection, and every attempt to open one, occupies a slot of its address. Whoever holds a slot frees it.
struct PoolState {
    /// A request that waits for a connection, or for `nil`: it may then open one.
    typealias Waiter = Promise<PooledConnection?>

    enum Step {
        case use(PooledConnection)
        /// Close this connection, and open another one in its slot.
        case replace(PooledConnection)
        case open
        case wait(Waiter)
        case refuse(String)
    }

    enum Giving {
        case kept
        case handed(Waiter)
        case surplus
    }

    private struct Slots {
        var used = 0
        var idle: [(connection: PooledConnection, since: ContinuousClock.Instant)] = []
        var waiters: [Waiter] = []
    }

    private let connections: Int
    private let waiters: Int
    private var slots: [HTTPAddress: Slots] = [:]
    private var isShutDown = false

    /// Creates an empty state.
    /// - Parameters:
    ///   - connections: The largest number of connections to one address.
    ///   - waiters: The largest number of waiting requests for one address.
    init(connections: Int, waiters: Int) {
        self.connections = connections
        self.waiters = waiters
    }

    mutating func take(_ address: HTTPAddress, preferring loop: any EventLoop, isFresh: Bool) -> Step {
        guard !isShutDown else { return .refuse("The client is shut down.") }
        var own = slots.removeValue(forKey: address) ?? Slots()
        defer { slots[address] = own }
        if !own.idle.isEmpty {
            // The one that was used last, if possible on this loop: it needs no change of thread, and is the least likely to have been
            // closed.
            let index = own.idle.lastIndex { $0.connection.loop === loop } ?? own.idle.count - 1
            let connection = own.idle.remove(at: index).connection
            return isFresh ? .replace(connection) : .use(connection)
        }
        if own.used < connections {
            own.used += 1
            return .open
        }
        guard own.waiters.count < waiters else { return .refuse("Too many requests are waiting for \(address).") }
        let waiter = Waiter()
        own.waiters.append(waiter)
        return .wait(waiter)
    }

    /// Removes a waiter that has given up.
    mutating func leave(_ waiter: Waiter, _ address: HTTPAddress) { slots[address]?.waiters.removeAll { $0 === waiter } }

    mutating func give(_ connection: PooledConnection) -> Giving {
        if let waiter = nextWaiter(connection.address) { return .handed(waiter) }
        guard !isShutDown else { return .surplus }
        slots[connection.address]?.idle.append((connection, .now))
        return .kept
    }

    /// Frees a slot.
    /// - Returns: The waiter that may use it, if any.
    mutating func freeSlot(_ address: HTTPAddress) -> Waiter? {
        if let waiter = nextWaiter(address) { return waiter }
        slots[address]?.used -= 1
        if let own = slots[address], own.used == 0, own.waiters.isEmpty { slots[address] = nil }
        return nil
    }

    /// Removes a connection.
    /// - Returns: Whether it was not in use, so that its slot is to be freed.
    mutating func forget(_ connection: PooledConnection) -> Bool {
        guard let index = slots[connection.address]?.idle.firstIndex(where: { $0.connection === connection }) else { return false }
        slots[connection.address]?.idle.remove(at: index)
        return true
    }

    /// Returns the connections that have not been used since a time.
    func idle(since instant: ContinuousClock.Instant) -> [PooledConnection] {
        slots.values.flatMap(\.idle).filter { $0.since <= instant }.map(\.connection)
    }

    mutating func shutdown() -> (idle: [PooledConnection], waiters: [Waiter]) {
        isShutDown = true
        let idle = slots.values.flatMap(\.idle).map(\.connection)
        let waiting = slots.values.flatMap(\.waiters)
        for address in slots.keys { slots[address]?.waiters = [] }
        return (idle, waiting)
    }

    private mutating func nextWaiter(_ address: HTTPAddress) -> Waiter? {
        guard slots[address]?.waiters.isEmpty == false else { return nil }
        return slots[address]?.waiters.removeFirst()
    }
}
