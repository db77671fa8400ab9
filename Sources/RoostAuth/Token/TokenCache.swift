import Crypto

/// What is known of recently verified tokens by their hash, so that a token is not verified again at every call.
///
/// The cache has two generations. When the young generation reaches half of the capacity, it replaces the old one. A token that is used
/// again moves back to the young generation. The least recently used tokens are therefore dropped first, as in an LRU cache, at the cost of
/// two lookups.
struct TokenCache<Value> {
    private var young: [SHA256Digest: Value] = [:]
    private var old: [SHA256Digest: Value] = [:]
    private let half: Int

    init(capacity: Int) { half = max(1, capacity / 2) }

    var count: Int { young.count + old.count }

    mutating func find(_ hash: SHA256Digest) -> Value? {
        if let value = young[hash] { return value }
        guard let value = old.removeValue(forKey: hash) else { return nil }
        insert(value, hash)
        return value
    }

    mutating func insert(_ value: Value, _ hash: SHA256Digest) {
        if young.count >= half {
            old = young
            young = [:]
        }
        young[hash] = value
    }
}
