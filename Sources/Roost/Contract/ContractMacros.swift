/// Makes a protocol a contract: for `protocol OrdersAPI`, it generates a type `OrdersAPIContract` that knows the routes and serves them,
/// a type `OrdersAPIClient` that calls them, and a type `OrdersAPIDouble` that takes the place of a service in tests.
///
/// Each function is marked `@Get`, `@Post`, `@Put`, `@Patch`, `@Delete` or `@Live`. Parameters are matched by name: those in the braces of
/// the path, those that `headers` or `cookies` names, and the unlabelled one, which is the body of a `@Post`, `@Put`, `@Patch` or `@Live`.
/// All others are query parameters, which can be lists. A parameter of the type `Principal`, `Principal.Account` or `Principal.Service` is
/// not sent: it is filled with the caller.
///
/// The double is made from a closure for each function that the test needs. Any other function throws a `Problem` that names it:
///
/// ```swift
/// let payments = PaymentsAPIDouble(charge: { request in Payment(orderId: request.orderId, status: .captured) })
/// ```
///
/// The protocol can be public or not. It is declared in a file or in another type, but not in a function.
/// - Parameters:
///   - name: The name of the contract, with which the names of its operations begin.
///   - access: Who may call a route that does not specify it; by default, the caller that its function takes, or else anyone.
@attached(peer, names: suffixed(Contract), suffixed(Client), suffixed(Double))
public macro Contract(_ name: String, access: Access = .anyone) = #externalMacro(module: "RoostMacros", type: "ContractMacro")

/// Keeps the client and the double of a contract that other modules don't see from being mistaken for the implementation in a release
/// build. `@Contract` adds it to both; nothing else needs it.
@attached(extension, names: named(Uninhabited))
public macro ContractClient() = #externalMacro(module: "RoostMacros", type: "ContractClientMacro")

/// Makes a type a service, and declares what it offers: the contracts that it implements, the events that it publishes, and those that its
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
///   - access: Who may call those of its own routes that do not declare this themselves; by default, the caller that the function takes, or
///     else anyone.
@attached(
    member, names: named(Routes), named(contracts), named(publishedEvents), named(implementations), named(endpoints), named(subscriptions),
    named(subscribedEvents), named(eventSubscriptions))
@attached(extension, conformances: EndpointProvider)
public macro Service(_ contracts: Any.Type..., publishes events: [any Event.Type] = [], access: Access = .anyone) =
    #externalMacro(module: "RoostMacros", type: "ServiceMacro")

/// Declares a route for `GET`.
/// - Parameters:
///   - path: The path, with placeholders for parameters: `/orders/{id}`.
///   - status: The status of success; 204 for a function that returns nothing.
///   - access: Who may call the route; by default, the contract's access.
///   - headers: The parameters that come from header fields, by name: `["key": "Idempotency-Key"]`.
///   - cookies: The parameters that come from cookies, by name: `["guest": "guest-id"]`. They are optional, and in every protocol they are
///     in the header field `cookie`. The function can also set cookies, with `RequestContext.set(_:)`.
///   - problems: The statuses of problems that the function throws, for the documents.
@attached(peer)
public macro Get(
    _ path: String, status: Status = .ok, access: Access? = nil, headers: [String: String] = [:], cookies: [String: String] = [:],
    problems: [Status] = []
) = #externalMacro(module: "RoostMacros", type: "EndpointMacro")

/// Declares a route for `POST`. The unlabelled parameter is the body.
/// - Parameters:
///   - path: The path, with placeholders for parameters.
///   - status: The status of success; 204 for a function that returns nothing.
///   - access: Who may call the route; by default, the contract's access.
///   - headers: The parameters that come from header fields, by name.
///   - cookies: The parameters that come from cookies, by name.
///   - location: The `Location` field, whose placeholders are properties of the reply: `/orders/{id}`.
///   - bodyLimit: The largest body, in bytes.
///   - takesIdempotencyKey: Whether a signed-in caller can repeat a call safely: with the same `Idempotency-Key`, it gets the first
///     response again, and the function does not run twice. This requires a store, which a `ServiceSystem` provides.
///   - problems: The statuses of problems that the function throws, for the documents.
@attached(peer)
public macro Post(
    _ path: String, status: Status = .ok, access: Access? = nil, headers: [String: String] = [:], cookies: [String: String] = [:],
    location: String? = nil, bodyLimit: Int = Route.defaultBodyLimit, takesIdempotencyKey: Bool = false, problems: [Status] = []
) = #externalMacro(module: "RoostMacros", type: "EndpointMacro")

/// Declares a route for `PUT`. The unlabelled parameter is the body.
@attached(peer)
public macro Put(
    _ path: String, status: Status = .ok, access: Access? = nil, headers: [String: String] = [:], cookies: [String: String] = [:],
    bodyLimit: Int = Route.defaultBodyLimit, problems: [Status] = []
) = #externalMacro(module: "RoostMacros", type: "EndpointMacro")

/// Declares a route for `PATCH`. The unlabelled parameter is the body.
@attached(peer)
public macro Patch(
    _ path: String, status: Status = .ok, access: Access? = nil, headers: [String: String] = [:], cookies: [String: String] = [:],
    bodyLimit: Int = Route.defaultBodyLimit, problems: [Status] = []
) = #externalMacro(module: "RoostMacros", type: "EndpointMacro")

/// Declares a route for `DELETE`.
@attached(peer)
public macro Delete(
    _ path: String, status: Status = .ok, access: Access? = nil, headers: [String: String] = [:], cookies: [String: String] = [:],
    problems: [Status] = []
) = #externalMacro(module: "RoostMacros", type: "EndpointMacro")

/// Declares a route that replies with a stream: over HTTP as a WebSocket (RFC 6455) or, if the client asks for `text/event-stream`, as
/// Server-Sent Events; over gRPC as a stream of messages. The function returns a `MessageStream`. An unlabelled parameter that is also a
/// `MessageStream` is what the caller sends, over a WebSocket or gRPC.
/// - Parameters:
///   - path: The path, with placeholders for parameters.
///   - access: Who may call the route; by default, the contract's access.
///   - headers: The parameters that come from header fields, by name.
///   - cookies: The parameters that come from cookies, by name.
///   - bodyLimit: The largest value that the caller sends, in bytes.
@attached(peer)
public macro Live(
    _ path: String, access: Access? = nil, headers: [String: String] = [:], cookies: [String: String] = [:],
    bodyLimit: Int = Route.defaultBodyLimit
) = #externalMacro(module: "RoostMacros", type: "EndpointMacro")
