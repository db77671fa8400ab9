/// The character at which databases, C libraries and other languages end a text, or which they refuse. No text that is accepted contains
/// it.
@usableFromInline
package enum NullCharacter {
    @usableFromInline package static let rule = "characters"
    @usableFromInline package static let message = "must not contain the character U+0000"
}

/// The keys of maps, which are distinguished by their bytes in a message and by canonical equivalence in a dictionary.
@usableFromInline
enum MapKey {
    @usableFromInline static let rule = "key"
    @usableFromInline static let message = "has a key that is not in Unicode's Normalization Form C, or contains the character U+0000"

    /// Returns whether a text can be a key: it is the only spelling of itself, so that no other key can replace it.
    @usableFromInline
    static func accepts(_ key: String) -> Bool { !key.utf8.contains(0) && key.isComposed }
}

extension JSONReader {
    /// Returns whether a map may have this key. If not, a fault is recorded and the value is skipped.
    @usableFromInline
    mutating func admitsKey(_ key: String, of map: Int) throws(DecodingFailure) -> Bool {
        if MapKey.accepts(key) { return true }
        fault(MapKey.rule, MapKey.message, at: map)
        try skipValue()
        return false
    }
}

extension ProtobufReader {
    /// Records that a map must not have a key, instead of the faults of the key's value.
    @usableFromInline
    mutating func refuseKey(since count: Int, of map: StaticString) {
        dropFaults(since: count)
        fault(MapKey.rule, MapKey.message)
        place(count, in: map)
    }
}
