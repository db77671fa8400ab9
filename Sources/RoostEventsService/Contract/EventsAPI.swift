public import Roost

/// Receives and publishes events over HTTP, for programs in other languages.
///
/// A program joins the group of its service as a member, asks for deliveries again and again, and settles each once it has handled the event. A
/// member that has not called for `idleSeconds` leaves the group, and its events are delivered to other members.
///
/// After a request for deliveries that failed without a response, a program does not know whether some were sent to it: it leaves, and joins again.
@Contract("events", access: .services)
public protocol EventsAPI: Sendable {
    /// Publishes events, those of a key in this order. They are durable once this returns.
    @Post("/events", bodyLimit: EventsLimits.publicationSize, problems: [.contentTooLarge, .unprocessable])
    func publish(_ publication: EventPublication) async throws

    /// Joins a group.
    @Post("/events/groups/{group}/members", status: .created)
    func join(group: String, _ member: NewGroupMember) async throws -> JoinedGroupMember

    /// Waits until there is something to do, and returns it. It is a POST because HTTP libraries may retry a GET silently, and then what the
    /// first one took would be lost.
    ///
    /// An earlier request of the member that still waits is ended with 409. The response is 404 if the member has left the group: join again.
    @Post("/events/groups/{group}/members/{member}/deliveries", problems: [.conflict])
    func deliveries(group: String, member: String, wait: Int?) async throws -> MemberDeliveries

    /// Records that events need not be delivered again. Deliveries that are settled already, or whose lane was lost, are passed over.
    @Post("/events/groups/{group}/members/{member}/settlements")
    func settle(group: String, member: String, _ settled: SettledDeliveries) async throws

    /// Leaves a group. The events that are not settled are delivered to other members.
    @Delete("/events/groups/{group}/members/{member}")
    func leave(group: String, member: String) async throws
}
