/// A dictionary with a bounded number of entries, which drops the one that was used longest ago.
struct LeastRecentlyUsed<Key: Hashable, Value> {
    private struct Entry {
        let key: Key
        var value: Value
        var newer: Int
        var older: Int
    }

    private let capacity: Int
    private var places: [Key: Int] = [:]
    private var entries: [Entry] = []
    private var free: [Int] = []
    private var newest = -1
    private var oldest = -1

    /// - Parameter capacity: The largest number of entries, at least 1.
    init(capacity: Int) { self.capacity = capacity }

    var count: Int { places.count }

    /// Returns a value, which then counts as used.
    mutating func value(of key: Key) -> Value? {
        guard let place = places[key] else { return nil }
        if place != newest {
            unlink(place)
            link(place)
        }
        return entries[place].value
    }

    /// Adds or replaces a value.
    /// - Returns: The value that was dropped for it.
    mutating func insert(_ value: Value, for key: Key) -> Value? {
        if let place = places[key] {
            entries[place].value = value
            return nil
        }
        let dropped = places.count >= capacity && oldest >= 0 ? remove(entries[oldest].key) : nil
        let entry = Entry(key: key, value: value, newer: -1, older: -1)
        let place = free.popLast() ?? entries.count
        if place == entries.count { entries.append(entry) } else { entries[place] = entry }
        places[key] = place
        link(place)
        return dropped
    }

    @discardableResult
    mutating func remove(_ key: Key) -> Value? {
        guard let place = places.removeValue(forKey: key) else { return nil }
        unlink(place)
        free.append(place)
        return entries[place].value
    }

    mutating func removeAll() { self = LeastRecentlyUsed(capacity: capacity) }

    private mutating func link(_ place: Int) {
        entries[place].newer = -1
        entries[place].older = newest
        if newest >= 0 { entries[newest].newer = place }
        newest = place
        if oldest < 0 { oldest = place }
    }

    private mutating func unlink(_ place: Int) {
        let entry = entries[place]
        if entry.newer >= 0 { entries[entry.newer].older = entry.older } else { newest = entry.older }
        if entry.older >= 0 { entries[entry.older].newer = entry.newer } else { oldest = entry.newer }
    }
}
