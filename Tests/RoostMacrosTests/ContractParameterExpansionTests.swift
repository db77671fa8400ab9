import Testing

/// The exact expansions for parameters that are not a single value of the request.
struct ContractParameterExpansionTests {
    @Test func callers() {
        expectExpansion(
            #"""
            @Contract("orders")
            package protocol OrdersAPI: Sendable {
                @Post("/orders")
                func place(_ order: NewOrder, by customer: Principal.Account) async throws -> Order
                @Get("/orders")
                func count(_ caller: Roost.Principal, of account: Principal.Account?) async throws -> Int
                @Delete("/orders/{id}")
                func remove(id: Int, service: Principal.Service) async throws
            }
            """#,
            #"""

            package protocol OrdersAPI: Sendable {
                func place(_ order: NewOrder, by customer: Principal.Account) async throws -> Order
                func count(_ caller: Roost.Principal, of account: Principal.Account?) async throws -> Int
                func remove(id: Int, service: Principal.Service) async throws
            }

            package enum OrdersAPIContract: Roost.Contract {
                package typealias API = any OrdersAPI

                package enum Routes {
                    #sourceLocation(file: "test.swift", line: 4)
                    package static let place = Roost.Route("orders.place", .post, "/orders", access: .signedIn, body: .of(NewOrder.self), reply: .of(Order.self))
                    #sourceLocation(file: "test.swift", line: 6)
                    package static let count = Roost.Route("orders.count", .get, "/orders", takesAccount: true, reply: .of(Int.self))
                    #sourceLocation(file: "test.swift", line: 8)
                    package static let remove = Roost.Route("orders.remove", .delete, "/orders/{id}", access: .services, parameters: [.init("id", in: .path, isRequired: true, schema: .parameter(Int.self))])
                    #sourceLocation()
                }

                package static let description = Roost.ContractDescription("orders", routes: [Routes.place, Routes.count, Routes.remove])

                package static func endpoints(of service: any OrdersAPI) -> [Roost.Endpoint] {
                    [
                        Roost.Endpoint(Routes.place) { call in
                            let customer = try Roost.RequestContext.caller(as: Principal.Account.self)
                            let order = try await call.body(as: NewOrder.self)
                            guard let order else { throw call.refusal }
                            let reply = try await service.place(order, by: customer)
                            return call.reply(reply)
                        },
                        Roost.Endpoint(Routes.count) { call in
                            let caller = try Roost.RequestContext.caller(as: Roost.Principal.self)
                            let account = try Roost.RequestContext.caller(as: Principal.Account?.self)
                            let reply = try await service.count(caller, of: account)
                            return call.reply(reply)
                        },
                        Roost.Endpoint(Routes.remove) { call in
                            let serviceArgument = try Roost.RequestContext.caller(as: Principal.Service.self)
                            let id = call.path("id", as: Int.self)
                            guard let id else { throw call.refusal }
                            try await service.remove(id: id, service: serviceArgument)
                            return call.reply(())
                        },
                    ]
                }

                package static func client(of callee: Roost.Callee<any OrdersAPI>) -> any OrdersAPI { OrdersAPIClient(of: callee) }
            }

            package struct OrdersAPIClient: OrdersAPI {
                private let callee: Roost.Callee<any OrdersAPI>

                package init(of callee: Roost.Callee<any OrdersAPI>) { self.callee = callee }

                package func place(_ order: NewOrder, by customer: Principal.Account) async throws -> Order {
                    var call = Roost.OutgoingCall(OrdersAPIContract.Routes.place, to: self.callee)
                    call.body(order)
                    try call.caller(customer)
                    return try await call.send(as: Order.self) { try await $0.place(order, by: Roost.RequestContext.caller(as: Principal.Account.self)) }
                }

                package func count(_ caller: Roost.Principal, of account: Principal.Account?) async throws -> Int {
                    let call = Roost.OutgoingCall(OrdersAPIContract.Routes.count, to: self.callee)
                    try call.caller(caller)
                    try call.caller(account)
                    return try await call.send(as: Int.self) { try await $0.count(Roost.RequestContext.caller(as: Roost.Principal.self), of: Roost.RequestContext.caller(as: Principal.Account?.self)) }
                }

                package func remove(id: Int, service serviceArgument: Principal.Service) async throws {
                    var call = Roost.OutgoingCall(OrdersAPIContract.Routes.remove, to: self.callee)
                    call.path("id", id)
                    try call.caller(serviceArgument)
                    try await call.send { try await $0.remove(id: id, service: Roost.RequestContext.caller(as: Principal.Service.self)) }
                }
            }

            package struct OrdersAPIDouble: OrdersAPI {
                private let placeClosure: @Sendable (NewOrder, Principal.Account) async throws -> Order
                private let countClosure: @Sendable (Roost.Principal, Principal.Account?) async throws -> Int
                private let removeClosure: @Sendable (Int, Principal.Service) async throws -> ()

                package init(
                    place placeClosure: @escaping @Sendable (NewOrder, Principal.Account) async throws -> Order = { _, _ in throw Roost.ContractDouble.missing("orders.place") },
                    count countClosure: @escaping @Sendable (Roost.Principal, Principal.Account?) async throws -> Int = { _, _ in throw Roost.ContractDouble.missing("orders.count") },
                    remove removeClosure: @escaping @Sendable (Int, Principal.Service) async throws -> () = { _, _ in throw Roost.ContractDouble.missing("orders.remove") }
                ) {
                    self.placeClosure = placeClosure
                    self.countClosure = countClosure
                    self.removeClosure = removeClosure
                }

                package func place(_ order: NewOrder, by customer: Principal.Account) async throws -> Order {
                    try await self.placeClosure(order, customer)
                }

                package func count(_ caller: Roost.Principal, of account: Principal.Account?) async throws -> Int {
                    try await self.countClosure(caller, account)
                }

                package func remove(id: Int, service serviceArgument: Principal.Service) async throws {
                    try await self.removeClosure(id, serviceArgument)
                }
            }
            """#)
    }

    @Test func cookies() {
        expectExpansion(
            #"""
            @Contract("carts")
            package protocol CartsAPI: Sendable {
                @Put("/cart/{sku}", cookies: ["guest": "guest-id"])
                func put(sku: String, _ quantity: Quantity, by guest: GuestID?) async throws
            }
            """#,
            #"""

            package protocol CartsAPI: Sendable {
                func put(sku: String, _ quantity: Quantity, by guest: GuestID?) async throws
            }

            package enum CartsAPIContract: Roost.Contract {
                package typealias API = any CartsAPI

                package enum Routes {
                    #sourceLocation(file: "test.swift", line: 4)
                    package static let put = Roost.Route("carts.put", .put, "/cart/{sku}", parameters: [.init("sku", in: .path, isRequired: true, schema: .parameter(String.self))], cookies: ["guest-id"], body: .of(Quantity.self))
                    #sourceLocation()
                }

                package static let description = Roost.ContractDescription("carts", routes: [Routes.put])

                package static func endpoints(of service: any CartsAPI) -> [Roost.Endpoint] {
                    [
                        Roost.Endpoint(Routes.put) { call in
                            let sku = call.path("sku", as: String.self)
                            let quantity = try await call.body(as: Quantity.self)
                            let guest = call.cookie("guest-id", as: GuestID.self)
                            guard let sku, let quantity else { throw call.refusal }
                            try await service.put(sku: sku, quantity, by: guest)
                            return call.reply(())
                        },
                    ]
                }

                package static func client(of callee: Roost.Callee<any CartsAPI>) -> any CartsAPI { CartsAPIClient(of: callee) }
            }

            package struct CartsAPIClient: CartsAPI {
                private let callee: Roost.Callee<any CartsAPI>

                package init(of callee: Roost.Callee<any CartsAPI>) { self.callee = callee }

                package func put(sku: String, _ quantity: Quantity, by guest: GuestID?) async throws {
                    var call = Roost.OutgoingCall(CartsAPIContract.Routes.put, to: self.callee)
                    call.path("sku", sku)
                    call.body(quantity)
                    call.cookie("guest-id", guest)
                    try await call.send { try await $0.put(sku: sku, quantity, by: guest) }
                }
            }

            package struct CartsAPIDouble: CartsAPI {
                private let putClosure: @Sendable (String, Quantity, GuestID?) async throws -> ()

                package init(
                    put putClosure: @escaping @Sendable (String, Quantity, GuestID?) async throws -> () = { _, _, _ in throw Roost.ContractDouble.missing("carts.put") }
                ) {
                    self.putClosure = putClosure
                }

                package func put(sku: String, _ quantity: Quantity, by guest: GuestID?) async throws {
                    try await self.putClosure(sku, quantity, guest)
                }
            }
            """#)
    }

    @Test func lists() {
        expectExpansion(
            #"""
            @Contract("orders")
            package protocol OrdersAPI: Sendable {
                @Get("/orders")
                func list(tags: [String], ids: [Int]?) async throws
            }
            """#,
            #"""

            package protocol OrdersAPI: Sendable {
                func list(tags: [String], ids: [Int]?) async throws
            }

            package enum OrdersAPIContract: Roost.Contract {
                package typealias API = any OrdersAPI

                package enum Routes {
                    #sourceLocation(file: "test.swift", line: 4)
                    package static let list = Roost.Route("orders.list", .get, "/orders", parameters: [.init("tags", in: .query, isRequired: false, schema: .parameter([String].self)), .init("ids", in: .query, isRequired: false, schema: .parameter([Int].self))])
                    #sourceLocation()
                }

                package static let description = Roost.ContractDescription("orders", routes: [Routes.list])

                package static func endpoints(of service: any OrdersAPI) -> [Roost.Endpoint] {
                    [
                        Roost.Endpoint(Routes.list) { call in
                            let tags = call.query("tags", as: [String].self)
                            let ids = call.query("ids", as: [Int]?.self)
                            guard let tags, let ids else { throw call.refusal }
                            try await service.list(tags: tags, ids: ids)
                            return call.reply(())
                        },
                    ]
                }

                package static func client(of callee: Roost.Callee<any OrdersAPI>) -> any OrdersAPI { OrdersAPIClient(of: callee) }
            }

            package struct OrdersAPIClient: OrdersAPI {
                private let callee: Roost.Callee<any OrdersAPI>

                package init(of callee: Roost.Callee<any OrdersAPI>) { self.callee = callee }

                package func list(tags: [String], ids: [Int]?) async throws {
                    var call = Roost.OutgoingCall(OrdersAPIContract.Routes.list, to: self.callee)
                    call.query("tags", tags)
                    let ids = call.query("ids", ids)
                    try await call.send { try await $0.list(tags: tags, ids: ids) }
                }
            }

            package struct OrdersAPIDouble: OrdersAPI {
                private let listClosure: @Sendable ([String], [Int]?) async throws -> ()

                package init(
                    list listClosure: @escaping @Sendable ([String], [Int]?) async throws -> () = { _, _ in throw Roost.ContractDouble.missing("orders.list") }
                ) {
                    self.listClosure = listClosure
                }

                package func list(tags: [String], ids: [Int]?) async throws {
                    try await self.listClosure(tags, ids)
                }
            }
            """#)
    }
}
