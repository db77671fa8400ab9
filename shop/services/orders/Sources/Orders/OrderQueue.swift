import Foundation

/// Which orders are to be worked on now, and which later.
///
/// An order that failed waits apart, for longer each time, and holds no place. Those that come back from there share half of the places,
/// so that new orders always find some. It has no clock of its own, and works on nothing.
struct OrderQueue {
    typealias Instant = ContinuousClock.Instant

    /// How long an order waits after its first failure, its second, and so on; from then on as long as after the last.
    static let pauses: [Duration] = [50, 100, 200, 400, 800, 1600, 3200, 5000].map { .milliseconds($0) }

    private enum Place: Equatable {
        case ready, active
        /// Worked on, and to be looked at once more if that fails.
        case activeAgain
        case waiting(Instant)
    }

    private struct Member {
        var place: Place
        var failures = 0
    }

    /// How many orders are worked on at once.
    let width: Int
    /// How many orders are known at once.
    let capacity: Int
    private var members: [UUID: Member] = [:]
    private var new = Line<UUID>()
    private var returning = Line<UUID>()
    /// By the number of their failures, so that each is in the order of its ends.
    private var waiting = [Line<(id: UUID, end: Instant)>](repeating: Line(), count: OrderQueue.pauses.count)
    private var active = 0
    private var activeReturning = 0

    init(width: Int, capacity: Int) {
        self.width = width
        self.capacity = capacity
    }

    var count: Int { members.count }

    /// Takes an order in; one that waits is ready at once.
    /// - Returns: `false` where there is no room for it.
    mutating func add(_ id: UUID) -> Bool {
        switch members[id]?.place {
        case nil:
            guard members.count < capacity else { return false }
            members[id] = Member(place: .ready)
            new.append(id)
        case .waiting:
            members[id]?.place = .ready
            returning.append(id)
        case .active: members[id]?.place = .activeAgain
        case .ready, .activeAgain: break
        }
        return true
    }

    /// The next order to work on; `nil` where there is none now, or no place.
    mutating func next(at now: Instant) -> UUID? {
        wake(at: now)
        guard active < width else { return nil }
        if activeReturning < width / 2, let id = returning.popFirst() {
            activeReturning += 1
            return begin(id)
        }
        return new.popFirst().map { begin($0) }
    }

    /// When the next of the orders that wait is ready.
    var nextEnd: Instant? { waiting.compactMap { $0.first?.end }.min() }

    /// An order has come a step on.
    mutating func progressed(_ id: UUID) {
        guard let member = members[id], member.failures > 0 else { return }
        members[id]?.failures = 0
        activeReturning -= 1
    }

    /// An order is done with.
    mutating func finished(_ id: UUID) { leave(id, remove: true) }

    /// An order is to be tried again later.
    /// - Returns: how often it has failed since it last came a step on.
    mutating func failed(_ id: UUID, at now: Instant) -> Int {
        guard let member = leave(id, remove: false) else { return 0 }
        let failures = member.failures + 1, level = min(failures, Self.pauses.count) - 1
        members[id]?.failures = failures
        if member.place == .activeAgain {
            members[id]?.place = .ready
            returning.append(id)
        } else {
            let end = now + Self.pauses[level]
            members[id]?.place = .waiting(end)
            waiting[level].append((id, end))
        }
        return failures
    }

    private mutating func begin(_ id: UUID) -> UUID {
        active += 1
        members[id]?.place = .active
        return id
    }

    @discardableResult
    private mutating func leave(_ id: UUID, remove: Bool) -> Member? {
        guard let member = members[id], member.place == .active || member.place == .activeAgain else { return nil }
        active -= 1
        if member.failures > 0 { activeReturning -= 1 }
        if remove { members[id] = nil }
        return member
    }

    /// Makes those ready whose time has come. One that was made ready before has left its place in the line.
    private mutating func wake(at now: Instant) {
        for level in waiting.indices {
            while let first = waiting[level].first, first.end <= now || members[first.id]?.place != .waiting(first.end) {
                _ = waiting[level].popFirst()
                guard members[first.id]?.place == .waiting(first.end) else { continue }
                members[first.id]?.place = .ready
                returning.append(first.id)
            }
        }
    }
}

/// First in, first out.
private struct Line<Element> {
    private var elements: [Element] = []
    private var start = 0

    var first: Element? { start < elements.count ? elements[start] : nil }

    mutating func append(_ element: Element) { elements.append(element) }

    mutating func popFirst() -> Element? {
        guard let first else { return nil }
        start += 1
        // What has left is cleared away once it is as much as what is left.
        if start * 2 >= elements.count {
            elements.removeFirst(start)
            start = 0
        }
        return first
    }
}
