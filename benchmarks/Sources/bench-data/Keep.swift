import ArgumentParser
import Measuring
import Roost
import RoostRedis
import RoostStore

/// Measures the key-value store: values of 32 bytes under a thousand keys. Prints what `measure` prints.
struct Keep: AsyncParsableCommand {
    enum Work: String, ExpressibleByArgument {
        case get, set
    }

    @Option(help: "The store's URL.") var store: String
    @Option(help: "What each caller does repeatedly.") var work = Work.get
    @Option(help: "How many callers there are.") var callers = 1
    @Flag(help: "Keep values in memory that were read, as long as nobody changes them.") var cached = false
    @Option(help: "How long to measure, in seconds.") var seconds = 3.0

    /// The keys. There are few enough of them that each event loop has all values after a moment, if they are cached.
    private static let keys = (0..<1_000).map { "key:\($0)" }
    private static let value = [UInt8](repeating: 0x78, count: 32)

    func run() async throws {
        let store = try await [Driver.redis].open(ResourceURL(store, key: "--store"), as: (any Store).self)
        if work == .get {
            try await withThrowingDiscardingTaskGroup { group in
                for start in 0..<64 {
                    group.addTask {
                        for index in stride(from: start, to: Self.keys.count, by: 64) { try await set(Self.keys[index], in: store) }
                    }
                }
            }
        }
        if cached { await store.cacheValues(prefix: "key:", for: .seconds(600)) }
        try await measure(callers: callers, seconds: seconds) {
            let key = Self.keys[.random(in: 0..<Self.keys.count)]
            if work == .get { try await get(key, from: store) } else { try await set(key, in: store) }
        }
        await store.close()
    }

    private func get(_ key: String, from store: any Store) async throws {
        guard try await store.get(key)?.bytes == Self.value else { throw ValidationError("Another value came back.") }
    }

    private func set(_ key: String, in store: any Store) async throws {
        try await store.put(key, Self.value, ttl: nil, if: .always)
    }
}
