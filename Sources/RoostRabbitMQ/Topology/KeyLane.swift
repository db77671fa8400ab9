/// The lanes of a group: the events of a key are all in one of them.
enum KeyLane {
    /// The number of lanes. It is fixed, because all programs that publish must agree on it.
    static let count = 8

    /// Returns the lane of a key: its CRC-32, which every language's standard library can compute, modulo the number of lanes.
    static func lane(of key: String) -> Int { Int(CRC32.checksum(of: key.utf8)) % count }

    /// The part of a routing key before the lane.
    static func topic(of routingKey: String) -> String {
        guard let dot = routingKey.lastIndex(of: "."), Int(routingKey[routingKey.index(after: dot)...]) != nil else { return routingKey }
        return String(routingKey[..<dot])
    }
}

/// The checksum of zlib and Ethernet (RFC 1952 §8, ISO 3309).
enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 0 ? value >> 1 : 0xEDB8_8320 ^ value >> 1 }
    }

    static func checksum(of bytes: some Sequence<UInt8>) -> UInt32 {
        ~bytes.reduce(~UInt32(0)) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }
    }
}
