public import Roost
import RoostStore

extension Driver {
    /// Redis for the store: a server that the processes of several machines share.
    public static let redis = Driver(
        "redis", "rediss", "redis+sentinel", "rediss+sentinel", form: RedisURL.allowed, isValid: { RedisURL($0.text) != nil }
    )
    .opening((any Store).self) { try await RedisStore.open($0.text, key: $0.key) }
}
