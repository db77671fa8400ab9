import Roost

/// A fact that others may act on: something that happened, in the past tense.
public protocol Event: Schema {
    /// The kind of event, such as `orders.placed`. Consumers subscribe to it, and it is the CloudEvents `type`.
    static var topic: String { get }
    /// What orders events among themselves: those of one key, of whatever topic, are handled in the order of their publication.
    var key: String { get }
}

/// Subscribes a function of a `@Service` type to an event.
///
/// The function takes the event, or the event and `in transaction: Transaction`: then what it changes in that transaction takes
/// effect exactly once.
@attached(peer)
public macro Subscribe<E: Event>(_ event: E.Type) = #externalMacro(module: "RoostMacros", type: "SubscribeMacro")
