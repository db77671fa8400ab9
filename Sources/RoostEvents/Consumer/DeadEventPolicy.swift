/// What a subscription does about the later events of a key whose event has become a dead letter.
public enum DeadEventPolicy: Hashable, Sendable {
    /// Handles them. If the dead letter is replayed, it is handled out of order.
    case skip
    /// Keeps them until the dead letter is replayed or discarded, so that the order of the key is never broken.
    case hold
}
