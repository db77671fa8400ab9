import Roost

/// Subscribes a function of a `@Service` type to an event.
///
/// The function takes the event, or the event and `in transaction: Transaction`. In the second case, its changes in the transaction take
/// effect exactly once.
@attached(peer)
public macro Subscribe<E: Event>(_ event: E.Type) = #externalMacro(module: "RoostMacros", type: "SubscribeMacro")
