/// A fact that others may act on: something that has happened. Its name is in the past tense.
public protocol Event: Schema {
    /// The kind of event, such as `orders.placed`. Consumers subscribe to it, and it is the `type` in CloudEvents.
    static var topic: String { get }
    /// The key that orders events: events with the same key, of any topic, are handled in the order in which they were published.
    var key: String { get }
}
