/// A store with everything that services use one for. It is what a driver opens, and what a service gets from its host.
///
/// A type that needs one capability takes that one, such as `any KeyValueStore`. Keys of different capabilities are independent: a value and
/// a counter can have the same key.
public protocol Store: KeyValueStore, CounterStore, SortedSetStore, LockStore, ChannelStore {
    /// Allows the values of keys with a prefix to be kept in the memory of this process. A driver for which a read costs little ignores it.
    ///
    /// A value that another process changed may be returned for a moment after the change, usually less than a millisecond, and if the
    /// connection fails in a way that nobody notices, for `lifetime`.
    /// - Parameters:
    ///   - prefix: The prefix of the keys.
    ///   - lifetime: How long a value, or the knowledge that there is none, is kept at most.
    func cacheValues(prefix: String, for lifetime: Duration) async

    /// Waits for operations in progress, and closes the store. Later operations fail.
    func close() async
}
