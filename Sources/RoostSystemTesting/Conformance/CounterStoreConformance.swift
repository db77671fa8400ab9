import Roost
import RoostStore
import RoostTesting

/// The requirements that every store must meet for its counters.
public enum CounterStoreConformance {
    /// The requirements, each independent of the others.
    public static let cases: [ConformanceCase<any CounterStore>] = [
        .init("counts from 0", counts),
        .init("loses no increment", losesNothing),
        .init("counts exactly up to 64 bits, and refuses more", isExact),
        .init("lets counters expire after their first increment", expires),
        .init("enforces the limits", limits),
    ]

    private static func counts(_ store: any CounterStore) async throws {
        try require(try await store.count("a") == 0, "a counter that does not exist is 0")
        try require(try await store.increment("a") == 1, "the first increment gives 1")
        try require(try await store.increment("a", by: -3) == -2, "an amount may be negative")
        try require(try await store.increment("b", by: 5, ttl: .seconds(3600)) == 5, "counters are independent")
        try require(try await store.count("a") == -2, "the count is the last sum")
        try await store.removeCounter("a")
        try await store.removeCounter("never")
        try require(try await store.count("a") == 0, "a removed counter is 0")
    }

    private static func losesNothing(_ store: any CounterStore) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<8 {
                group.addTask {
                    for _ in 0..<5 { try await store.increment("count", ttl: number.isMultiple(of: 2) ? .seconds(3600) : nil) }
                }
            }
            try await group.waitForAll()
        }
        try require(try await store.count("count") == 40, "every increment counts")
    }

    private static func isExact(_ store: any CounterStore) async throws {
        for ttl in [nil, .seconds(3600)] as [Duration?] {
            let name = ttl == nil ? "lasting" : "passing"
            try require(try await store.increment(name, by: .max - 1, ttl: ttl) == .max - 1, "a sum has all of its digits")
            try require(try await store.increment(name, ttl: ttl) == .max, "the largest sum is possible")
            try await refuses(.value, "a sum beyond 64 bits is refused") { try await store.increment(name, ttl: ttl) }
            try require(try await store.count(name) == .max, "an increment that is refused changes nothing")
        }
    }

    private static func expires(_ store: any CounterStore) async throws {
        // A later increment does not extend the lifetime: otherwise the count would go on for a day. A counter that has expired starts again
        // at 1, this time with a lifetime that does not end.
        var count = 1
        for lifetime in [.milliseconds(20), .milliseconds(400), .seconds(8)] as [Duration] where count == 1 {
            try await store.removeCounter("short")
            try await store.increment("short", ttl: lifetime)
            try await eventually("an increment that finds the counter expired") {
                let next = try await store.increment("short", ttl: .seconds(86_400))
                guard next == 1 else {
                    try require(next == count + 1, "an increment adds to the count, or starts again")
                    count = next
                    return false
                }
                return true
            }
        }
        try require(count > 1, "a counter lives until its time is over")
        try require(try await store.count("short") == 1, "an expired counter starts again")
        try require(try await store.increment("short", ttl: .milliseconds(1)) == 2, "a later increment does not shorten the lifetime")
        // Longer than the lifetime that the later increment asked for.
        try await Task.sleep(for: .milliseconds(20))
        try require(try await store.count("short") == 2, "the counter is kept")
    }

    private static func limits(_ store: any CounterStore) async throws {
        for name in ["", "a\0b", String(repeating: "k", count: StoreLimits.keyBytes + 1)] {
            try await refuses(.key, "an invalid name is refused") { try await store.increment(name) }
        }
    }
}
