public import Roost
import RoostEvents
public import RoostSystem

/// Offers the system's event bus over HTTP, so that programs in other languages can handle and publish events whatever the bus is.
///
/// ```swift
/// ServiceSystem("shop", drivers: [.sqlite]) {
///     OrdersService()
///     EventsService()
/// }
/// ```
///
/// It serves the contract `EventsAPI`, to callers with the service key only. A program calls one process of it, because a process knows only its
/// own members: do not declare replicas of it.
public struct EventsService: ServiceDefinition {
    /// The service's name: `events`.
    public let name = "events"
    private let clock: any ServiceClock
    private let limits: Members.Limits
    private let assembled: @Sendable (Members) -> Void

    /// Creates the definition.
    /// - Parameter clock: The clock by which members wait and become idle.
    public init(clock: any ServiceClock = WallClock()) { self.init(clock: clock, limits: Members.Limits()) }

    init(clock: any ServiceClock, limits: Members.Limits, assembled: @escaping @Sendable (Members) -> Void = { _ in }) {
        self.clock = clock
        self.limits = limits
        self.assembled = assembled
    }

    /// Returns the implementation, on the event bus of the host.
    public func assemble(on host: ServiceHost) async throws -> some EndpointProvider {
        let members = Members(of: host.events, clock: clock, limits: limits)
        host.use(interceptors: [ServiceKeyInterceptor(host.serviceKey)])
        await host.run("idle members") { try await members.removeIdle() }
        await host.whenStopping { await members.stop() }
        await host.whenStopped { await members.stop() }
        assembled(members)
        return Events(bus: host.events, members: members)
    }
}
