import Foundation
import Roost
import RoostData
import RoostEvents
import RoostGateway
import RoostSQLite
import RoostSystemTesting
import Testing

@testable import RoostSystem

/// What cannot stand beside one another keeps a system from starting, and is named all at once.
@Suite(.timeLimit(.minutes(5))) struct CollisionTests {
    @Contract("orders") protocol OrdersAPI: Sendable {
        @Get("/orders/{id}") func order(id: Int) async throws -> String
    }

    /// Another contract of the same name.
    @Contract("orders") protocol OtherOrdersAPI: Sendable {
        @Get("/orders/{key}") func find(key: String) async throws -> String
        @Get("/health/live") func live() async throws -> String
    }

    @Contract("order-desk") protocol DeskAPI: Sendable {
        @Get("/desk") func desk() async throws -> String
    }

    @Contract("order_desk") protocol OtherDeskAPI: Sendable {
        @Post("/desk") func desk() async throws -> String
    }

    struct Orders: OrdersAPI, OtherOrdersAPI, DeskAPI, OtherDeskAPI {
        func order(id: Int) async throws -> String { "order" }
        func find(key: String) async throws -> String { "found" }
        func live() async throws -> String { "live" }
        func desk() async throws -> String { "desk" }
    }

    struct Named: ServiceDefinition {
        let name: String
        let contracts: [any Contract.Type]
        let serve: @Sendable (ServiceHost) async throws -> EndpointGroup

        init(
            _ name: String, _ contracts: any Contract.Type...,
            serve: @escaping @Sendable (ServiceHost) async throws -> EndpointGroup = { _ in EndpointGroup() }
        ) {
            self.name = name
            self.contracts = contracts
            self.serve = serve
        }

        func assemble(on host: ServiceHost) async throws -> EndpointGroup { try await serve(host) }
    }

    /// The faults for which a system does not start.
    private func faults(@SystemBuilder _ parts: () -> [ServiceSystem.Part]) async throws -> [String] {
        let folder = try TemporaryFolder()
        let system = ServiceSystem("test", drivers: [.sqlite], parts)
        let error = await #expect(throws: ConfigurationError.self) {
            _ = try await RunningServices.start(system, settings: Settings(["DATA_DIR": folder.path, "PORT": "0"]))
        }
        return error?.faults ?? []
    }

    @Test func namesOfServicesAndContracts() async throws {
        let found = try await faults {
            Gateway(port: 0)
            Gateway(port: 0)
            Named("gateway")
            Named("a", DeskAPIContract.self, serve: { _ in Self.serving(DeskAPIContract.self, Orders()) })
            Named("b", OtherDeskAPIContract.self, serve: { _ in Self.serving(OtherDeskAPIContract.self, Orders()) })
            Named("b")
        }
        #expect(
            found == [
                "more than one service stands before the others: keep one of gateway, gateway", "two services are named b: rename one",
                "two services are named gateway: rename one",
                "these contracts have the same name: order-desk of a, order_desk of b: declare it once, or rename the others",
                "order-desk.desk and order_desk.desk are both the procedure /order_desk.OrderDesk/Desk: rename the function or the contract of one",
            ])
    }

    @Test func routesOfServicesAndPromisesThatNobodyKeeps() async throws {
        let found = try await faults {
            Gateway(port: 0)
            Named("a", OrdersAPIContract.self, DeskAPIContract.self, serve: { _ in Self.serving(OrdersAPIContract.self, Orders()) })
            Named("b", OtherOrdersAPIContract.self, serve: { _ in Self.serving(OtherOrdersAPIContract.self, Orders()) })
            Named(
                "c",
                serve: { host in
                    _ = try await host.client(for: DeskAPIContract.self).desk()
                    return EndpointGroup()
                })
        }
        #expect(
            found == [
                "these contracts have the same name: orders of a, orders of b: declare it once, or rename the others",
                "orders.order and orders.find both answer GET /orders/{key}, which is /orders/{id} too: give one another path or method",
                "a declares the contract order-desk but does not serve it: return an implementation from assemble(on:), or remove it from `contracts`",
                "orders.live and health.live both answer GET /health/live: give the route another path, because health checks use this one",
            ])
    }

    struct Paid: Event, Equatable {
        static let topic = "paid"
        var key: String { "1" }
        static var schema: JSONSchema { .string }
        static func decode(from json: inout JSONReader) throws(DecodingFailure) -> Paid? { try json.readString().map { _ in Paid() } }
        func encode(to json: inout JSONWriter) { json.string("paid") }
        static func decode(from message: inout ProtobufReader) throws(DecodingFailure) -> Paid? { Paid() }
        func encode(to message: inout ProtobufWriter) {}
    }

    private struct Mail: EndpointProvider {
        static let subscribedEvents: [any Event.Type] = [Paid.self]
        let endpoints: [Endpoint] = []
        let eventSubscriptions: [any EventSubscription] = ["paid", "paid", "sent"].map { Subscription(Paid.self, named: $0) { _ in } }
    }

    @Test func subscriptionsOfOneNameAndWithoutAnInbox() async throws {
        let found = try await faults {
            Named(
                "mail",
                serve: { host in
                    _ = try await host.database()
                    return EndpointGroup(Mail())
                })
            Named("inboxless", serve: { _ in EndpointGroup(Mail()) })
            Named("other", DeskAPIContract.self)
        }
        #expect(
            found == [
                "inboxless handles events but has no database for its inbox: call host.database() in assemble(on:)",
                "inboxless has more than one subscription named paid: give each a name of its own",
                "mail has more than one subscription named paid: give each a name of its own",
                "other declares the contract order-desk but does not serve it: return an implementation from assemble(on:), or remove it from `contracts`",
            ])
    }

    /// A fault of one service neither hides those of others nor is repeated by the services that wait for it.
    @Test func servicesThatCannotBeAssembled() async throws {
        let found = try await faults {
            Named("a", DeskAPIContract.self, serve: { _ in throw ConfigurationError(["a lacks a key", "a lacks a file"]) })
            Named("b", serve: { _ in throw ConfigurationError("b lacks a key") })
            Named(
                "c",
                serve: { host in
                    _ = try await host.client(for: DeskAPIContract.self).desk()
                    return EndpointGroup()
                })
            Named("d", OrdersAPIContract.self)
        }
        #expect(
            found == [
                "a lacks a file", "a lacks a key", "b lacks a key",
                "d declares the contract orders but does not serve it: return an implementation from assemble(on:), or remove it from `contracts`",
            ])
    }

    /// A gateway alone, whose services are other processes, sees their routes.
    @Test func routesAtAGatewayByItself() async throws {
        let folder = try TemporaryFolder()
        let system = ServiceSystem("test", drivers: [.sqlite]) {
            Gateway(port: 0)
            Named("a", OrdersAPIContract.self)
            Named("b", OtherOrdersAPIContract.self)
        }
        let settings = Settings(["DATA_DIR": folder.path, "PORT": "0"])
        let error = await #expect(throws: ConfigurationError.self) {
            try await RunningServices.start(system, ["gateway"], settings: settings)
        }
        #expect(error?.description.contains("orders.order and orders.find both answer GET /orders/{key}") == true)
    }

    private static func serving<Served: Contract>(_ contract: Served.Type, _ service: Served.API) -> EndpointGroup {
        EndpointGroup(ContractProvider(contract, by: service))
    }
}
