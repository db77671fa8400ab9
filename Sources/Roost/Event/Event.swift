/// A fact that others may act on: something that happened, in the past tense.
public protocol Event: Schema {
    /// The kind of event, such as `orders.placed`. Consumers subscribe to it, and it is the CloudEvents `type`.
    static var topic: String { get }
    /// What orders events among themselves: those of one key, of whatever topic, are handled in the order of their publication.
    var key: String { get }
}
