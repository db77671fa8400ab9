/// A fact that others may act on: something that has happened. Its name is in the past tense.
///
/// An event outlives the program that published it: it waits in outboxes, on the bus and in dead letters. A change of its fields that
/// events so far or their readers do not survive is therefore a new version:
///
/// ```swift
/// @Schema
/// struct OrderEnded: Event {
///     static let topic = "orders.ended", version = 2
///     static let earlier: [EarlierVersion<Self>] = [
///         EarlierVersion(1, OrderEndedV1.self) { OrderEnded(orderId: $0.orderId, total: Money($0.cents, .eur)) }
///     ]
///     …
/// }
/// ```
public protocol Event: Schema {
    /// The kind of event, such as `orders.placed`. Consumers subscribe to it, and it is the `type` in CloudEvents. It consists of lowercase
    /// letters, digits and hyphens, in parts with a dot between them, and has at most 200 bytes.
    static var topic: String { get }
    /// The version of the event's data, counted from 1, which is the default. Every event is stored and sent with its version.
    static var version: Int { get }
    /// The earlier versions that can still be read; none by default.
    static var earlier: [EarlierVersion<Self>] { get }
    /// The key that orders events: events with the same key, of any topic, are handled in the order in which they were published. It has 1
    /// to 255 bytes and no control characters.
    var key: String { get }
}

extension Event {
    /// 1.
    public static var version: Int { 1 }
    /// None.
    public static var earlier: [EarlierVersion<Self>] { [] }
}
