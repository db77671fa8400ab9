import RoostEvents

/// What a member has received from the bus: what its program has not fetched yet, and which of the fetched deliveries are not settled. A pure
/// state machine, which `RemoteMember` drives.
///
/// The bus limits how much there is: it delivers no more than a member's capacity before some deliveries are settled.
struct Mailbox {
    /// What a program fetches at once. It follows first what is lost, then what is assigned, then the deliveries, and then what is revoked.
    struct Batch: Equatable {
        var lost: [Lane] = []
        var assigned: [Lane] = []
        var deliveries: [Delivery] = []
        var revoked: [Lane] = []
    }

    /// The data of the deliveries in a batch, in bytes, unless a single one has more: 4 MiB.
    static let batchSize = 4 << 20

    private var waiting: [BusEvent] = []
    private var unsettled: Set<DeliveryID> = []

    /// Whether every delivery that was fetched is settled.
    var isSettled: Bool { unsettled.isEmpty }

    /// Adds what the bus has delivered. What waits of a lane that is lost is forgotten, since another member receives it.
    mutating func add(_ events: [BusEvent]) {
        for event in events {
            if case .lost(let lane) = event {
                waiting.removeAll { $0.lane == lane }
                unsettled = unsettled.filter { $0.lane != lane }
            }
            waiting.append(event)
        }
    }

    /// Takes what the program fetches.
    /// - Returns: `nil` if there is nothing.
    mutating func take() -> Batch? {
        guard !waiting.isEmpty else { return nil }
        var batch = Batch(), size = 0, count = 0
        for event in waiting {
            guard batch.add(event, size: &size) else { break }
            count += 1
        }
        waiting.removeFirst(count)
        unsettled.formUnion(batch.deliveries.map(\.id))
        return batch
    }

    /// Whether the bus is to know that a delivery is settled: it was fetched, is not settled yet, and its lane was not lost.
    func isUnsettled(_ delivery: DeliveryID) -> Bool { unsettled.contains(delivery) }

    /// Notes that a delivery is settled.
    mutating func settle(_ delivery: DeliveryID) { unsettled.remove(delivery) }
}

extension Mailbox.Batch {
    /// Adds an event, unless it belongs in a later batch.
    fileprivate mutating func add(_ event: BusEvent, size: inout Int) -> Bool {
        switch event {
        case .lost(let lane): lost.append(lane)
        case .assigned(let lane):
            // A lane that comes back would be revoked after it was assigned.
            guard !revoked.contains(lane) else { return false }
            assigned.append(lane)
        case .delivered(let delivery):
            size += delivery.envelope.data.count
            guard deliveries.isEmpty || size <= Mailbox.batchSize else { return false }
            deliveries.append(delivery)
        case .revoked(let lane): revoked.append(lane)
        }
        return true
    }
}

extension BusEvent {
    /// The lane that the event is about.
    fileprivate var lane: Lane {
        switch self {
        case .delivered(let delivery): delivery.lane
        case .assigned(let lane), .revoked(let lane), .lost(let lane): lane
        }
    }
}
