import Roost
import RoostStore
import RoostTesting

/// The requirements that every store must meet for its values.
public enum KeyValueStoreConformance {
    /// The requirements, each independent of the others.
    public static let cases: [ConformanceCase<any KeyValueStore>] = [
        .init("returns what was put", givesBack),
        .init("returns several values at once", givesBackSeveral),
        .init("removes entries", removes),
        .init("puts a value only if the key is absent", putsAbsent),
        .init("puts a value only over the version that was read", putsVersion),
        .init("lets entries expire", expires),
        .init("takes a time to live of any length", takesAnyLifetime),
        .init("gives a new version to an entry that is created again", renewsVersions),
        .init("enforces the limits", limits),
        .init("loses no update", updates),
    ]

    private static func givesBack(_ store: any KeyValueStore) async throws {
        try require(try await store.get("key") == nil, "a key without a value returns nil")
        for bytes in [[], [0, 255, 10, 13], Array(repeating: 7, count: StoreLimits.valueBytes)] as [[UInt8]] {
            let version = try await store.put("key", bytes, ttl: nil, if: .always)
            let stored = try await store.get("key")
            try require(stored?.bytes == bytes, "the bytes are unchanged")
            try require(stored?.version == version && version != nil, "the version is the one that put returned")
            try require(try await store.getLatest("key") == stored, "the latest value is the one that was put")
            try require(stored?.ttl == nil, "an entry without a time to live does not expire")
        }
        try await store.set("ключ / 键", ["a", "b"])
        try require(try await store.get("ключ / 键", as: [String].self) == ["a", "b"], "values are unchanged")
    }

    private static func givesBackSeveral(_ store: any KeyValueStore) async throws {
        try require(try await store.get([]).isEmpty, "no keys have no values")
        // The same letter, composed and not.
        let keys = ["a", "\u{E9}", "e\u{301}", "gone", "never"]
        for (number, key) in keys.prefix(4).enumerated() { try await store.set(key, number) }
        try await store.delete("gone")
        let asked = keys.reversed() + ["a"]
        let numbers = try await store.get(Array(asked)).map { try $0?.decoded(as: Int.self, of: "a key") }
        try require(numbers == [nil, nil, 2, 1, 0, 0], "the values are in the order of the keys")
        try require(try await store.get(["a"])[0] == (try await store.get("a")), "a value is the same, alone or among others")
        try await refuses(.key, "an invalid key is refused") { _ = try await store.get(["a", ""]) }
        let many = (0..<1500).map { "many \($0)" }
        for number in [0, 700, 1499] { try await store.set(many[number], number) }
        let found = try await store.get(many).enumerated().filter { $0.element != nil }.map(\.offset)
        try require(found == [0, 700, 1499], "there may be any number of keys")
    }

    private static func removes(_ store: any KeyValueStore) async throws {
        try await store.set("key", 1)
        let version = try await store.get("key")?.version ?? .random()
        try require(try await store.put("key", nil, ttl: nil, if: .version(.random())) == nil, "an entry of another version is not removed")
        try require(try await store.put("key", nil, ttl: nil, if: .version(version)) != nil, "an entry of this version is removed")
        try require(try await store.get("key") == nil, "a removed entry is not returned")
        try require(try await store.put("key", nil, ttl: nil, if: .version(version)) == nil, "a version is removed once")
        try await store.delete("key")
        try require(
            try await store.put("key", nil, ttl: nil, if: .absent) != nil, "an absent entry can be removed on condition that it is absent")
        try await store.set("key", 1)
        try require(
            try await store.put("key", nil, ttl: nil, if: .absent) == nil,
            "a present entry cannot be removed on condition that it is absent")
        try require(try await store.get("key", as: Int.self) == 1, "the entry is still there")
    }

    private static func putsAbsent(_ store: any KeyValueStore) async throws {
        try require(try await store.put("key", [1], ttl: nil, if: .absent) != nil, "an absent key gets the value")
        try require(try await store.put("key", [2], ttl: nil, if: .absent) == nil, "a present key does not get the value")
        try require(try await store.get("key")?.bytes == [1], "a put that fails changes nothing")
    }

    private static func putsVersion(_ store: any KeyValueStore) async throws {
        guard let first = try await store.put("key", [1], ttl: nil, if: .always) else {
            return try require(false, "an unconditional put succeeds")
        }
        try require(try await store.put("key", [2], ttl: nil, if: .version(first)) != nil, "the current version is replaced")
        try require(try await store.put("key", [3], ttl: nil, if: .version(first)) == nil, "an earlier version is not replaced")
        try require(try await store.put("other", [3], ttl: nil, if: .version(first)) == nil, "a version of another key is not replaced")
        try require(try await store.get("key")?.bytes == [2], "a put that fails changes nothing")
    }

    private static func expires(_ store: any KeyValueStore) async throws {
        try await store.set("long", 1, ttl: .seconds(3600))
        let ttl = try await store.get("long")?.ttl
        try require(ttl.map { $0 > .seconds(3000) && $0 <= .seconds(3600) } ?? false, "the remaining time to live is returned")
        guard let version = try await store.put("short", [1], ttl: .milliseconds(20), if: .always) else {
            return try require(false, "an unconditional put succeeds")
        }
        while try await store.get("short") != nil { try await Task.sleep(for: .milliseconds(5)) }
        try require(try await store.put("short", [2], ttl: nil, if: .version(version)) == nil, "an expired version is not replaced")
        try require(try await store.put("short", [2], ttl: nil, if: .absent) != nil, "an expired key is absent")
    }

    private static func takesAnyLifetime(_ store: any KeyValueStore) async throws {
        let longest = Duration(secondsComponent: .max, attosecondsComponent: 999_999_999_999_999_999)
        for ttl in [longest, .seconds(Int64.max / 1000), .seconds(3_155_760_000)] {
            _ = try await store.put("long", [1], ttl: ttl, if: .always)
            let stored = try await store.get("long")
            try require(stored?.bytes == [1], "a value that lives for very long is there")
            try require(stored?.ttl.map { $0 > .seconds(3_000_000_000) } ?? true, "its remaining time to live is long")
        }
        for ttl in [.zero, .seconds(-1), .nanoseconds(1), Duration(secondsComponent: .min, attosecondsComponent: 0)] as [Duration] {
            _ = try await store.put("short", [1], ttl: ttl, if: .always)
            try await eventually("a value whose time is over is gone") { try await store.get("short") == nil }
        }
    }

    private static func renewsVersions(_ store: any KeyValueStore) async throws {
        let first = try await store.put("key", [1], ttl: nil, if: .always)
        try await store.delete("key")
        let second = try await store.put("key", [1], ttl: nil, if: .always)
        try require(first != second, "equal values have different versions")
    }

    private static func limits(_ store: any KeyValueStore) async throws {
        for key in ["", "a\0b", String(repeating: "k", count: StoreLimits.keyBytes + 1)] {
            try await refuses(.key, "an invalid key is refused") { try await store.put(key, [], ttl: nil, if: .always) }
            try await refuses(.key, "an invalid key is refused") { _ = try await store.getLatest(key) }
        }
        let large = Array(repeating: 0 as UInt8, count: StoreLimits.valueBytes + 1)
        try await refuses(.value, "a value that is too large is refused") { try await store.put("key", large, ttl: nil, if: .always) }
        try await store.set(String(repeating: "k", count: StoreLimits.keyBytes), 1)
    }

    private static func updates(_ store: any KeyValueStore) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<8 {
                group.addTask { try await store.update("list", as: [Int].self) { $0 = ($0 ?? []) + [index] } }
            }
            try await group.waitForAll()
        }
        try require(try await store.get("list", as: [Int].self)?.sorted() == Array(0..<8), "no update is lost")
        try await store.update("list", as: [Int].self) { $0 = nil }
        try require(try await store.get("list") == nil, "an update to nil removes the entry")
        try await store.update("list", as: [Int].self) { $0 = nil }
        try require(try await store.get("list") == nil, "an update from nil to nil creates no entry")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<64 { group.addTask { try await store.update("many", as: [Int].self) { $0 = ($0 ?? []) + [index] } } }
            try await group.waitForAll()
        }
        try require(try await store.get("many", as: [Int].self)?.count == 64, "sixty-four concurrent updates all succeed")
    }
}
