/// Makes a protocol a contract: for `protocol OrdersAPI` a type `OrdersAPIContract` that knows its routes and serves them,
/// and `OrdersAPIClient`, which calls them.
///
/// Each function bears `@Get`, `@Post`, `@Put`, `@Patch`, `@Delete` or `@Live`. Its parameters are found by name: those in the path
/// pattern's braces, those that `headers` names, and the unlabelled one, which is the body, of a `@Post`, `@Put`, `@Patch` or `@Live`.
/// All others are query parameters.
///
/// A contract may be public or hidden. It stands at a file's level or in another type, not in a function.
/// - Parameters:
///   - name: the service's name, under which its operations are known.
///   - access: who may call a route that does not say so itself.
@attached(peer, names: suffixed(Contract), suffixed(Client))
public macro Contract(_ name: String, access: Access = .anyone) = #externalMacro(module: "RoostMacros", type: "ContractMacro")

/// Keeps the client of a contract that other modules don't see from being mistaken, in a release build, for the implementation. What
/// `@Contract` makes bears it; nobody else needs it.
@attached(extension, names: named(Uninhabited))
public macro ContractClient() = #externalMacro(module: "RoostMacros", type: "ContractClientMacro")

/// Makes a type a service, and says what it offers: the contracts that it implements, the events that it publishes, and those that its
/// `@Subscribe` functions handle.
///
/// ```swift
/// @Service(OrdersAPI.self, publishes: [OrderPlaced.self])
/// struct Orders: OrdersAPI { … }
/// ```
///
/// Its annotated functions are routes that belong to no contract, by the rules of `@Contract`.
/// - Parameters:
///   - contracts: The protocols, marked `@Contract`, that the type implements.
///   - events: The events that it publishes, for the documents.
///   - access: Who may call a route of its own that does not say so itself.
@attached(
    member, names: named(Routes), named(contracts), named(publishedEvents), named(implementations), named(endpoints), named(subscriptions),
    named(subscribedEvents), named(eventSubscriptions))
@attached(extension, conformances: EndpointProvider)
public macro Service(_ contracts: Any.Type..., publishes events: [any Event.Type] = [], access: Access = .anyone) =
    #externalMacro(module: "RoostMacros", type: "ServiceMacro")

/// Answers `GET`.
/// - Parameters:
///   - path: the path, with placeholders for parameters: `/orders/{id}`.
///   - status: the status of success; of a function that returns nothing, 204.
///   - access: who may call; what the contract says, if left out.
///   - headers: which parameters come from header fields, by the parameter's name: `["key": "Idempotency-Key"]`.
@attached(peer)
public macro Get(_ path: String, status: Status = .ok, access: Access? = nil, headers: [String: String] = [:]) =
    #externalMacro(module: "RoostMacros", type: "EndpointMacro")

/// Answers `POST`. The unlabelled parameter is the body.
/// - Parameters:
///   - path: the path, with placeholders for parameters.
///   - status: the status of success; of a function that returns nothing, 204.
///   - access: who may call; what the contract says, if left out.
///   - headers: which parameters come from header fields, by the parameter's name.
///   - location: what `Location` says, its placeholders filled from the reply's properties: `/orders/{id}`.
///   - bodyLimit: the most bytes that the body may have.
///   - takesIdempotencyKey: whether a signed-in caller may repeat a call safely: under the same `Idempotency-Key` the first answer comes
///     again, and the function does not run twice. The service needs a store; in a `System` it has one.
///   - problems: the statuses of problems that the function throws, for the documents.
@attached(peer)
public macro Post(
    _ path: String, status: Status = .ok, access: Access? = nil, headers: [String: String] = [:], location: String? = nil,
    bodyLimit: Int = Route.defaultBodyLimit, takesIdempotencyKey: Bool = false, problems: [Status] = []
) = #externalMacro(module: "RoostMacros", type: "EndpointMacro")

/// Answers `PUT`. The unlabelled parameter is the body.
@attached(peer)
public macro Put(
    _ path: String, status: Status = .ok, access: Access? = nil, headers: [String: String] = [:], bodyLimit: Int = Route.defaultBodyLimit
) = #externalMacro(module: "RoostMacros", type: "EndpointMacro")

/// Answers `PATCH`. The unlabelled parameter is the body.
@attached(peer)
public macro Patch(
    _ path: String, status: Status = .ok, access: Access? = nil, headers: [String: String] = [:], bodyLimit: Int = Route.defaultBodyLimit
) = #externalMacro(module: "RoostMacros", type: "EndpointMacro")

/// Answers `DELETE`.
@attached(peer)
public macro Delete(_ path: String, status: Status = .ok, access: Access? = nil, headers: [String: String] = [:]) =
    #externalMacro(module: "RoostMacros", type: "EndpointMacro")

/// Answers with values as they come: over HTTP as a WebSocket (RFC 6455) or, where the client asks for `text/event-stream`, as
/// Server-Sent Events; over gRPC as a stream. The function returns a `MessageStream`. An unlabelled parameter that is one too is what
/// the caller sends, by WebSocket or gRPC.
/// - Parameters:
///   - path: the path, with placeholders for parameters.
///   - access: who may call; what the contract says, if left out.
///   - headers: which parameters come from header fields, by the parameter's name.
///   - bodyLimit: the most bytes that a value which the caller sends may have.
@attached(peer)
public macro Live(
    _ path: String, access: Access? = nil, headers: [String: String] = [:], bodyLimit: Int = Route.defaultBodyLimit
) = #externalMacro(module: "RoostMacros", type: "EndpointMacro")
