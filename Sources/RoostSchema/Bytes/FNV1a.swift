/// The hash FNV-1a with 64 bits (draft-eastlake-fnv-17.3 §2). It detects a change, but does not protect against forgery.
package enum FNV1a {
    /// Returns the hash of bytes.
    package static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    }
}
