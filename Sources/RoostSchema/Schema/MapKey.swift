/// The character that databases, C libraries and other languages end a text at, or refuse: no text that enters has it.
@usableFromInline
package enum NullCharacter {
    @usableFromInline package static let rule = "characters"
    @usableFromInline package static let message = "must not have the character U+0000"
}

/// The keys of maps, which are told apart by their bytes on the wire and by canonical equivalence in a dictionary.
@usableFromInline
enum MapKey {
    @usableFromInline static let rule = "key"
    @usableFromInline static let message = "has a key that is not in Unicode's Normalization Form C, or has the character U+0000"

    /// Whether a text may be a key: it is the only spelling of itself, so that no other key takes its place.
    @usableFromInline
    static func accepts(_ key: String) -> Bool { !key.utf8.contains(0) && key.isComposed }
}

extension JSONReader {
    /// Whether a map may have this key. Where it may not, that is noted and its value skipped.
    @usableFromInline
    mutating func admitsKey(_ key: String, of map: Int) throws(DecodingFailure) -> Bool {
        if MapKey.accepts(key) { return true }
        fault(MapKey.rule, MapKey.message, at: map)
        try skipValue()
        return false
    }
}

extension ProtobufReader {
    /// Notes that a map may not have a key, in the place of what is wrong with the key's value.
    @usableFromInline
    mutating func refuseKey(since count: Int, of map: StaticString) {
        dropFaults(since: count)
        fault(MapKey.rule, MapKey.message)
        place(count, in: map)
    }
}
