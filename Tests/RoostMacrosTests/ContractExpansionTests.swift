import Testing

/// The exact expansions of the macro.
struct ContractExpansionTests {
    @Test func aContract() {
        expectExpansion(
            #"""
            /// Takes orders.
            @Contract("orders", access: .signedIn)
            public protocol OrdersAPI: Sendable {
                /// Places an order.
                @Post("/orders", status: .created, headers: ["key": "Idempotency-Key"], location: "/orders/{id}")
                func place(_ order: NewOrder, key: String?) async throws -> Order
                @Get("/orders", access: .anyone)
                func list(limit: PageLimit?, from start: Date, call: Int) async throws -> Page<Order>
                @Put("/files/{name...}", bodyLimit: 10 << 20)
                func store(name: String, _ file: RawBody) async throws
            }
            """#,
            #"""
            /// Takes orders.
            public protocol OrdersAPI: Sendable {
                /// Places an order.
                func place(_ order: NewOrder, key: String?) async throws -> Order
                func list(limit: PageLimit?, from start: Date, call: Int) async throws -> Page<Order>
                func store(name: String, _ file: RawBody) async throws
            }

            public enum OrdersAPIContract: Roost.Contract {
                public typealias API = any OrdersAPI

                public enum Routes {
                    #sourceLocation(file: "test.swift", line: 6)
                    public static let place = Roost.Route("orders.place", .post, "/orders", status: .created, access: .signedIn, summary: "Places an order.", parameters: [.init("key", in: .header("Idempotency-Key"), isRequired: false, schema: .parameter(String.self))], body: .of(NewOrder.self), reply: .of(Order.self), location: "/orders/{id}")
                    #sourceLocation(file: "test.swift", line: 8)
                    public static let list = Roost.Route("orders.list", .get, "/orders", access: .anyone, parameters: [.init("limit", in: .query, isRequired: false, schema: .parameter(PageLimit.self)), .init("start", in: .query, isRequired: true, schema: .parameter(Date.self)), .init("call", in: .query, isRequired: true, schema: .parameter(Int.self))], reply: .of(Page<Order>.self))
                    #sourceLocation(file: "test.swift", line: 10)
                    public static let store = Roost.Route("orders.store", .put, "/files/{name...}", access: .signedIn, parameters: [.init("name", in: .path, isRequired: true, schema: .parameter(String.self))], body: .of(RawBody.self), bodyLimit: 10 << 20)
                    #sourceLocation()
                }

                public static let description = Roost.ContractDescription("orders", summary: "Takes orders.", routes: [Routes.place, Routes.list, Routes.store])

                public static func endpoints(of service: any OrdersAPI) -> [Roost.Endpoint] {
                    [
                        Roost.Endpoint(Routes.place) { call in
                            let order = try await call.body(as: NewOrder.self)
                            let key = call.header("Idempotency-Key", as: String?.self)
                            guard let order, let key else { throw call.refusal }
                            let reply = try await service.place(order, key: key)
                            #sourceLocation(file: "test.swift", line: 5)
                            return call.reply(reply, location: "/orders/\(Roost.PercentCoding.encode(reply.id.parameter))")
                            #sourceLocation()
                        },
                        Roost.Endpoint(Routes.list) { call in
                            let limit = call.query("limit", as: PageLimit?.self)
                            let start = call.query("start", as: Date.self)
                            let callArgument = call.query("call", as: Int.self)
                            guard let limit, let start, let callArgument else { throw call.refusal }
                            let reply = try await service.list(limit: limit, from: start, call: callArgument)
                            return call.reply(reply)
                        },
                        Roost.Endpoint(Routes.store) { call in
                            let name = call.path("name", as: String.self)
                            let file = try await call.body(as: RawBody.self)
                            guard let name, let file else { throw call.refusal }
                            try await service.store(name: name, file)
                            return call.reply(())
                        },
                    ]
                }

                public static func client(of callee: Roost.Callee<any OrdersAPI>) -> any OrdersAPI { OrdersAPIClient(of: callee) }
            }

            public struct OrdersAPIClient: OrdersAPI {
                private let callee: Roost.Callee<any OrdersAPI>

                public init(of callee: Roost.Callee<any OrdersAPI>) { self.callee = callee }

                public func place(_ order: NewOrder, key: String?) async throws -> Order {
                    var call = Roost.OutgoingCall(OrdersAPIContract.Routes.place, to: self.callee)
                    call.body(order)
                    call.header("Idempotency-Key", key)
                    return try await call.send(as: Order.self) { try await $0.place(order, key: key) }
                }

                public func list(limit: PageLimit?, from start: Date, call callArgument: Int) async throws -> Page<Order> {
                    var call = Roost.OutgoingCall(OrdersAPIContract.Routes.list, to: self.callee)
                    call.query("limit", limit)
                    call.query("start", start)
                    call.query("call", callArgument)
                    return try await call.send(as: Page<Order>.self) { try await $0.list(limit: limit, from: start, call: callArgument) }
                }

                public func store(name: String, _ file: RawBody) async throws {
                    var call = Roost.OutgoingCall(OrdersAPIContract.Routes.store, to: self.callee)
                    call.path("name", name)
                    call.body(file)
                    try await call.send { try await $0.store(name: name, file) }
                }
            }

            public struct OrdersAPIDouble: OrdersAPI {
                private let placeClosure: @Sendable (NewOrder, String?) async throws -> Order
                private let listClosure: @Sendable (PageLimit?, Date, Int) async throws -> Page<Order>
                private let storeClosure: @Sendable (String, RawBody) async throws -> ()

                public init(
                    place placeClosure: @escaping @Sendable (NewOrder, String?) async throws -> Order = { _, _ in throw Roost.ContractDouble.missing("orders.place") },
                    list listClosure: @escaping @Sendable (PageLimit?, Date, Int) async throws -> Page<Order> = { _, _, _ in throw Roost.ContractDouble.missing("orders.list") },
                    store storeClosure: @escaping @Sendable (String, RawBody) async throws -> () = { _, _ in throw Roost.ContractDouble.missing("orders.store") }
                ) {
                    self.placeClosure = placeClosure
                    self.listClosure = listClosure
                    self.storeClosure = storeClosure
                }

                public func place(_ order: NewOrder, key: String?) async throws -> Order {
                    try await self.placeClosure(order, key)
                }

                public func list(limit: PageLimit?, from start: Date, call callArgument: Int) async throws -> Page<Order> {
                    try await self.listClosure(limit, start, callArgument)
                }

                public func store(name: String, _ file: RawBody) async throws {
                    try await self.storeClosure(name, file)
                }
            }
            """#)
    }

    @Test func anInternalContract() {
        expectExpansion(
            #"""
            @Contract("health")
            protocol HealthAPI: Sendable {
                @Get("/health")
                func check() async throws -> String
            }
            """#,
            #"""

            protocol HealthAPI: Sendable {
                func check() async throws -> String
            }

            enum HealthAPIContract: Roost.Contract {
                typealias API = any HealthAPI

                enum Routes {
                    #sourceLocation(file: "test.swift", line: 4)
                    static let check = Roost.Route("health.check", .get, "/health", reply: .of(String.self))
                    #sourceLocation()
                }

                static let description = Roost.ContractDescription("health", routes: [Routes.check])

                static func endpoints(of service: any HealthAPI) -> [Roost.Endpoint] {
                    [
                        Roost.Endpoint(Routes.check) { call in
                            let reply = try await service.check()
                            return call.reply(reply)
                        },
                    ]
                }

                static func client(of callee: Roost.Callee<any HealthAPI>) -> any HealthAPI { HealthAPIClient(of: callee) }
            }

            struct HealthAPIClient: HealthAPI {
                private let callee: Roost.Callee<any HealthAPI>

                init(of callee: Roost.Callee<any HealthAPI>) { self.callee = callee }

                func check() async throws -> String {
                    let call = Roost.OutgoingCall(HealthAPIContract.Routes.check, to: self.callee)
                    return try await call.send(as: String.self) { try await $0.check() }
                }
            }

            struct HealthAPIDouble: HealthAPI {
                private let checkClosure: @Sendable () async throws -> String

                init(
                    check checkClosure: @escaping @Sendable () async throws -> String = { throw Roost.ContractDouble.missing("health.check") }
                ) {
                    self.checkClosure = checkClosure
                }

                func check() async throws -> String {
                    try await self.checkClosure()
                }
            }

            extension HealthAPIClient {
                private enum Uninhabited: HealthAPI {
                    func check<Reply>() async throws -> Reply { switch self {} }
                }
            }

            extension HealthAPIDouble {
                private enum Uninhabited: HealthAPI {
                    func check<Reply>() async throws -> Reply { switch self {} }
                }
            }
            """#)
    }

    @Test func streams() {
        expectExpansion(
            #"""
            @Contract("chat")
            protocol ChatAPI: Sendable {
                @Live("/rooms/{room}")
                func talk(room: String, _ lines: MessageStream<Line>) async throws -> MessageStream<Line>
                @Post("/lines")
                func store(_ lines: MessageStream<Line>) async throws -> Int
            }
            """#,
            #"""

            protocol ChatAPI: Sendable {
                func talk(room: String, _ lines: MessageStream<Line>) async throws -> MessageStream<Line>
                func store(_ lines: MessageStream<Line>) async throws -> Int
            }

            enum ChatAPIContract: Roost.Contract {
                typealias API = any ChatAPI

                enum Routes {
                    #sourceLocation(file: "test.swift", line: 4)
                    static let talk = Roost.Route("chat.talk", .get, "/rooms/{room}", parameters: [.init("room", in: .path, isRequired: true, schema: .parameter(String.self))], body: .of(Line.self), reply: .of(Line.self), streaming: [.request, .reply])
                    #sourceLocation(file: "test.swift", line: 6)
                    static let store = Roost.Route("chat.store", .post, "/lines", body: .of(Line.self), reply: .of(Int.self), streaming: [.request])
                    #sourceLocation()
                }

                static let description = Roost.ContractDescription("chat", routes: [Routes.talk, Routes.store])

                static func endpoints(of service: any ChatAPI) -> [Roost.Endpoint] {
                    [
                        Roost.Endpoint(Routes.talk) { call in
                            let room = call.path("room", as: String.self)
                            let lines = try await call.body(as: MessageStream<Line>.self)
                            guard let room, let lines else { throw call.refusal }
                            let reply = try await service.talk(room: room, lines)
                            return call.reply(reply)
                        },
                        Roost.Endpoint(Routes.store) { call in
                            let lines = try await call.body(as: MessageStream<Line>.self)
                            guard let lines else { throw call.refusal }
                            let reply = try await service.store(lines)
                            return call.reply(reply)
                        },
                    ]
                }

                static func client(of callee: Roost.Callee<any ChatAPI>) -> any ChatAPI { ChatAPIClient(of: callee) }
            }

            struct ChatAPIClient: ChatAPI {
                private let callee: Roost.Callee<any ChatAPI>

                init(of callee: Roost.Callee<any ChatAPI>) { self.callee = callee }

                func talk(room: String, _ lines: MessageStream<Line>) async throws -> MessageStream<Line> {
                    var call = Roost.OutgoingCall(ChatAPIContract.Routes.talk, to: self.callee)
                    call.path("room", room)
                    let lines = call.body(lines)
                    return try await call.send(as: MessageStream<Line>.self) { try await $0.talk(room: room, lines) }
                }

                func store(_ lines: MessageStream<Line>) async throws -> Int {
                    var call = Roost.OutgoingCall(ChatAPIContract.Routes.store, to: self.callee)
                    let lines = call.body(lines)
                    return try await call.send(as: Int.self) { try await $0.store(lines) }
                }
            }

            struct ChatAPIDouble: ChatAPI {
                private let talkClosure: @Sendable (String, MessageStream<Line>) async throws -> MessageStream<Line>
                private let storeClosure: @Sendable (MessageStream<Line>) async throws -> Int

                init(
                    talk talkClosure: @escaping @Sendable (String, MessageStream<Line>) async throws -> MessageStream<Line> = { _, _ in throw Roost.ContractDouble.missing("chat.talk") },
                    store storeClosure: @escaping @Sendable (MessageStream<Line>) async throws -> Int = { _ in throw Roost.ContractDouble.missing("chat.store") }
                ) {
                    self.talkClosure = talkClosure
                    self.storeClosure = storeClosure
                }

                func talk(room: String, _ lines: MessageStream<Line>) async throws -> MessageStream<Line> {
                    try await self.talkClosure(room, lines)
                }

                func store(_ lines: MessageStream<Line>) async throws -> Int {
                    try await self.storeClosure(lines)
                }
            }

            extension ChatAPIClient {
                private enum Uninhabited: ChatAPI {
                    func talk<Argument0, Argument1, Reply>(room: Argument0, _: Argument1) async throws -> Reply { switch self {} }
                    func store<Argument0, Reply>(_: Argument0) async throws -> Reply { switch self {} }
                }
            }

            extension ChatAPIDouble {
                private enum Uninhabited: ChatAPI {
                    func talk<Argument0, Argument1, Reply>(room: Argument0, _: Argument1) async throws -> Reply { switch self {} }
                    func store<Argument0, Reply>(_: Argument0) async throws -> Reply { switch self {} }
                }
            }
            """#)
    }

    /// The contract of a nested type is visible no further than the types around it, which the macro cannot see.
    @Test func aNestedContract() {
        let nested = expansion("enum Shop { @Contract(\"health\") public protocol HealthAPI: Sendable {} }")
        #expect(nested.contains("private enum Uninhabited: HealthAPI {"))
    }

    /// The properties of a double are named like none of its functions.
    @Test func aDoubleOfFunctionsWithUnusualNames() {
        let text = expansion(
            """
            @Contract("odd") protocol OddAPI: Sendable {
                @Get("/a") func `default`() async throws -> Int
                @Get("/b") func defaultClosure() async throws -> Int
            }
            """)
        #expect(text.contains("private let defaultClosureValue: @Sendable () async throws -> Int"))
        #expect(text.contains("`default` defaultClosureValue: @escaping @Sendable () async throws -> Int = { throw"))
        #expect(text.contains("private let defaultClosureClosure: @Sendable () async throws -> Int"))
        #expect(text.contains("try await self.defaultClosureValue()"))
    }

    @Test func aClientBesideTheOnlyImplementation() {
        expectExpansion(
            #"""
            @ContractClient struct HealthAPIClient: HealthAPI {
                private let callee: Roost.Callee<any HealthAPI>

                init(of callee: Roost.Callee<any HealthAPI>) { self.callee = callee }

                func check() async throws {}
                func record(_ sample: Sample, from start: Date, `in` place: String?) async throws -> Reading {}
            }
            """#,
            #"""
            struct HealthAPIClient: HealthAPI {
                private let callee: Roost.Callee<any HealthAPI>

                init(of callee: Roost.Callee<any HealthAPI>) { self.callee = callee }

                func check() async throws {}
                func record(_ sample: Sample, from start: Date, `in` place: String?) async throws -> Reading {}
            }

            extension HealthAPIClient {
                private enum Uninhabited: HealthAPI {
                    func check() async throws { switch self {} }
                    func record<Argument0, Argument1, Argument2, Reply>(_: Argument0, from: Argument1, `in`: Argument2) async throws -> Reply { switch self {} }
                }
            }
            """#)
    }
}
