import Roost

/// Subscribes a function of a `@Service` type to an event.
///
/// ```swift
/// @Subscribe(OrderEnded.self, named: "order-mail")
/// func tell(_ event: OrderEnded, in transaction: Transaction) async throws { … }
/// ```
///
/// The function takes the event, or the event and `in transaction: Transaction`. In the second case, its changes in the transaction take
/// effect exactly once.
/// - Parameters:
///   - event: The type of the event.
///   - name: A name that is unique in the service: a string literal of 1 to 64 lowercase letters, digits and hyphens. The events that the
///     subscription has handled are stored with it, so the function can be renamed, but not the subscription.
///   - formerNames: Names that the subscription had before, as string literals: what it handled under them is not handled again.
///   - policy: What to do about the later events of a key whose event has become a dead letter.
@attached(peer)
public macro Subscribe<E: Event>(
    _ event: E.Type, named name: String, formerly formerNames: [String] = [], onDeath policy: DeadEventPolicy = .skip
) = #externalMacro(module: "RoostMacros", type: "SubscribeMacro")
