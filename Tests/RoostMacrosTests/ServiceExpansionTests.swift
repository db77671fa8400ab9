import Testing

/// The exact expansions of the macro.
struct ServiceExpansionTests {
    @Test func aStruct() {
        expectExpansion(
            #"""
            @Service(access: .signedIn)
            struct Hello {
                @Get("/hello/{name}") func hello(name: String, times: Int = 1) -> String { name }
                @Post("/hook") func hook(request: Request) async throws -> Response { Response() }
                @Subscribe(Paid.self, named: "paid-note") func paid(_ event: Paid) async throws {}
                @Subscribe(Sent.self, named: "sent", formerly: ["hello.sent", "hello.gone"], onDeath: .hold) func sent(_ event: Sent, in transaction: Transaction) throws {}
            }
            """#,
            #"""

            struct Hello {
                func hello(name: String, times: Int = 1) -> String { name }
                func hook(request: Request) async throws -> Response { Response() }
                func paid(_ event: Paid) async throws {}
                func sent(_ event: Sent, in transaction: Transaction) throws {}

                enum Routes {
                    #sourceLocation(file: "test.swift", line: 3)
                    static var hello: Roost.Route { Roost.Route("hello.hello", .get, "/hello/{name}", access: .signedIn, parameters: [.init("name", in: .path, isRequired: true, schema: .parameter(String.self)), .init("times", in: .query, isRequired: false, schema: .parameter(Int.self))], reply: .of(String.self)) }
                    #sourceLocation(file: "test.swift", line: 4)
                    static var hook: Roost.Route { Roost.Route("hello.hook", .post, "/hook", access: .signedIn, reply: Roost.JSONSchema.orNone(Response.self)) }
                    #sourceLocation()
                }

                var endpoints: [Roost.Endpoint] {
                    [
                        Roost.Endpoint(Routes.hello) { call in
                            let name = call.path("name", as: String.self)
                            let times = call.query("times", as: Int?.self)
                            guard let name, let times else { throw call.refusal }
                            let reply = self.hello(name: name, times: times ?? 1)
                            return call.reply(reply)
                        },
                        Roost.Endpoint(Routes.hook) { call in
                            let request = call.request
                            let reply = try await self.hook(request: request)
                            return call.reply(reply)
                        },
                    ]
                }

                var subscriptions: [RoostEvents.Subscription] {
                    [
                        RoostEvents.Subscription(Paid.self, named: "paid-note") { event in
                            try await self.paid(event)
                        },
                        RoostEvents.Subscription(Sent.self, named: "sent", formerly: ["hello.sent", "hello.gone"], onDeath: .hold) { event, transaction in
                            try self.sent(event, in: transaction)
                        },
                    ]
                }

                static var subscribedEvents: [any Roost.Event.Type] { [Paid.self, Sent.self] }

                var eventSubscriptions: [any Roost.EventSubscription] { subscriptions }
            }

            extension Hello: Roost.EndpointProvider {}
            """#)
    }

    @Test func anActor() {
        expectExpansion(
            #"""
            @Service
            public actor Counter {
                @Post("/count") public func count(by step: Int) -> Int { step }
            }
            """#,
            #"""

            public actor Counter {
                public func count(by step: Int) -> Int { step }

                enum Routes {
                    #sourceLocation(file: "test.swift", line: 3)
                    static var count: Roost.Route { Roost.Route("counter.count", .post, "/count", parameters: [.init("step", in: .query, isRequired: true, schema: .parameter(Int.self))], reply: .of(Int.self)) }
                    #sourceLocation()
                }

                public nonisolated var endpoints: [Roost.Endpoint] {
                    [
                        Roost.Endpoint(Routes.count) { call in
                            let step = call.query("step", as: Int.self)
                            guard let step else { throw call.refusal }
                            let reply = await self.count(by: step)
                            return call.reply(reply)
                        },
                    ]
                }
            }

            extension Counter: Roost.EndpointProvider {}
            """#)
    }

    @Test func aCaller() {
        expectExpansion(
            #"""
            @Service
            struct Hello {
                @Get("/hello") func hello(_ caller: Principal.Account) -> String { caller.id }
            }
            """#,
            #"""

            struct Hello {
                func hello(_ caller: Principal.Account) -> String { caller.id }

                enum Routes {
                    #sourceLocation(file: "test.swift", line: 3)
                    static var hello: Roost.Route { Roost.Route("hello.hello", .get, "/hello", access: .signedIn, reply: .of(String.self)) }
                    #sourceLocation()
                }

                var endpoints: [Roost.Endpoint] {
                    [
                        Roost.Endpoint(Routes.hello) { call in
                            let caller = try Roost.RequestContext.caller(as: Principal.Account.self)
                            let reply = self.hello(caller)
                            return call.reply(reply)
                        },
                    ]
                }
            }

            extension Hello: Roost.EndpointProvider {}
            """#)
    }

    @Test func contractsAndEvents() {
        expectExpansion(
            #"""
            @Service(OrdersAPI.self, (any Desk.API).self, publishes: [Placed.self])
            struct Orders: OrdersAPI {}
            """#,
            #"""

            struct Orders: OrdersAPI {

                static var contracts: [any Roost.Contract.Type] { [OrdersAPIContract.self, Desk.APIContract.self] }

                var implementations: [Roost.ContractImplementation] {
                    [
                        Roost.ContractImplementation(OrdersAPIContract.self, by: self),
                        Roost.ContractImplementation(Desk.APIContract.self, by: self),
                    ]
                }

                static var publishedEvents: [any Roost.Event.Type] { [Placed.self] }

                var endpoints: [Roost.Endpoint] { OrdersAPIContract.endpoints(of: self) + Desk.APIContract.endpoints(of: self) }
            }

            extension Orders: Roost.EndpointProvider {}
            """#)
    }

    @Test func aContractThatIsNotNamedByItself() {
        expectDiagnostics(
            "@Service(contract) struct Orders {}", ["1:10 write the contract's protocol itself, such as OrdersAPI.self"])
    }

    @Test func aServiceWithoutRoutes() {
        expectExpansion(
            #"""
            @Service
            final class Idle {}
            """#,
            #"""

            final class Idle {

                var endpoints: [Roost.Endpoint] { [] }
            }

            extension Idle: Roost.EndpointProvider {}
            """#)
    }
}
