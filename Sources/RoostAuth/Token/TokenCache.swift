import Crypto

/// The tokens that were verified lately, by their hash, so that none is verified at every call.
///
/// It keeps two generations: when the young one has half the capacity it becomes the old one, and what was in that goes. A token
/// that is used again is young again. So the least recently used go first, as in an LRU cache, at the cost of two look-ups.
struct TokenCache {
    private var young: [SHA256Digest: AccessToken] = [:]
    private var old: [SHA256Digest: AccessToken] = [:]
    private let half: Int

    init(capacity: Int) { half = max(1, capacity / 2) }

    var count: Int { young.count + old.count }

    mutating func find(_ hash: SHA256Digest) -> AccessToken? {
        if let token = young[hash] { return token }
        guard let token = old.removeValue(forKey: hash) else { return nil }
        insert(token, hash)
        return token
    }

    mutating func insert(_ token: AccessToken, _ hash: SHA256Digest) {
        if young.count >= half {
            old = young
            young = [:]
        }
        young[hash] = token
    }
}
