import AccountsTesting
import Foundation
import OrdersAPI
import Roost
import RoostSystemTesting
import Testing

@Suite(.timeLimit(.minutes(5))) struct OrderRequestTests {
    private static let address = #"{"name":"Ada","street":"1 Wren Lane","city":"London","postalCode":"N1","country":"GB"}"#
    private let order = #"{"paymentToken":"tok_ok","shippingAddress":\#(address)}"#

    @Test func aNewOrderHasALocation() async throws {
        try await OrdersSystem.run { system in
            try await system.stock()
            let customer = try await system.customer()
            let response = try await customer.http.send(.post, "/orders", json: order)
            #expect(response.status == .created)
            let placed = try response.decode(as: Order.self)
            #expect(response.headers["location"] == "/orders/\(placed.id.text)")
            #expect(try await customer.http.send(.get, "/orders/\(placed.id.text)").decode(as: Order.self).id == placed.id)
        }
    }

    @Test func anEmptyCartCannotBeOrdered() async throws {
        try await OrdersSystem.run { system in
            let response = try await system.customer(mugs: 0).http.send(.post, "/orders", json: order)
            #expect(response.status == .unprocessable)
            #expect(response.problem.errors.map(\.rule) == ["cart"])
        }
    }

    @Test func everyFaultIsToldWhereItIs() async throws {
        try await OrdersSystem.run { system in
            let json = #"{"paymentToken":"","shippingAddress":{"name":"","city":7,"postalCode":"N1","country":"G"},"email":"nobody"}"#
            let response = try await system.customer(mugs: 0).http.send(.post, "/orders", json: json)
            #expect(response.status == .unprocessable && response.headers["content-type"] == "application/problem+json")
            let faults = Set(response.problem.errors.map { "\($0.pointer) \($0.rule)" })
            #expect(
                faults == [
                    "/paymentToken length", "/shippingAddress/name length", "/shippingAddress/street required",
                    "/shippingAddress/city type", "/shippingAddress/country length", "/email format",
                ])
            #expect(response.problem.errors.count == faults.count)
        }
    }

    @Test(arguments: [#" "#, #"a\r\nb"#, #"a\u0000b"#, #"\u202Eab"#, #"\u3164\u3164"#, #"a\u2029b"#, #"ab\u0007"#])
    func anAddressIsLinesThatCanBeSeen(text: String) async throws {
        try await OrdersSystem.run { system in
            let customer = try await system.customer(mugs: 0)
            for field in ["name", "street", "city", "postalCode", "country"] {
                var address = ["name": "Ada", "street": "1 Wren Lane", "city": "London", "postalCode": "N1", "country": "GB"]
                address[field] = text == " " ? "   " : text
                let members = address.sorted { $0.key < $1.key }.map { #""\#($0.key)":"\#($0.value)""# }.joined(separator: ",")
                let json = #"{"paymentToken":"tok_ok","shippingAddress":{\#(members)}}"#
                let response = try await customer.http.send(.post, "/orders", json: json)
                #expect(response.status == 422 && response.problem.errors.map(\.pointer) == ["/shippingAddress/" + field])
            }
        }
    }

    @Test func nobodyOrdersWithoutSigningIn() async throws {
        try await OrdersSystem.run { system in
            let anyone = try await system.system.client(of: "orders")
            #expect(try await anyone.send(.post, "/orders", json: order).status == .unauthorized)
            #expect(try await anyone.send(.get, "/orders").status == .unauthorized)
            let service = try await system.system.client(of: "orders", as: .service("notifications"))
            #expect(try await service.send(.get, "/orders").status == .forbidden)
        }
    }

    @Test func theOrderOfAnotherIsNotThere() async throws {
        try await OrdersSystem.run { system in
            try await system.stock()
            let customer = try await system.customer()
            let other = try await system.customer()
            let path = try await "/orders/\(customer.buy().id.text)"
            #expect(try await other.http.send(.get, path).status == .notFound)
            #expect(try await other.http.send(.post, path + "/cancel").status == .notFound)
            #expect(try await other.orders.orders(of: .signedIn, limit: nil, cursor: nil).items.isEmpty)
            #expect(try await customer.http.send(.get, path).status == .ok)
            #expect(try await customer.http.send(.get, "/orders/7").status == .notFound)
        }
    }

    @Test func ordersAreListedInPagesTheNewestFirst() async throws {
        try await OrdersSystem.run { system in
            try await system.stock()
            let customer = try await system.customer(mugs: 0)
            var ids: [UUID] = []
            for _ in 1...3 { ids.append(try await system.customer(customer.id, mugs: 1).buy().id) }
            let first = try await customer.orders.orders(of: .signedIn, limit: PageLimit(parameter: "2"), cursor: nil)
            #expect(first.items.map(\.id) == [ids[2], ids[1]])
            let next = try #require(first.next.flatMap(PageCursor.init(parameter:)))
            let second = try await customer.orders.orders(of: .signedIn, limit: PageLimit(parameter: "2"), cursor: next)
            #expect(second.items.map(\.id) == [ids[0]] && second.next == nil)
            #expect(second.items[0].history.first?.status == .pending)
        }
    }

    @Test func theSameIdempotencyKeyIsOneOrder() async throws {
        try await OrdersSystem.run { system in
            try await system.stock()
            let customer = try await system.customer(mugs: 2)
            let first = try await customer.http.send(.post, "/orders", json: order, headers: ["idempotency-key": "one"])
            _ = try await system.customer(customer.id, mugs: 1)
            let again = try await customer.http.send(.post, "/orders", json: order, headers: ["idempotency-key": "one"])
            #expect(again.status == .created && again.text == first.text && again.headers["location"] == first.headers["location"])
            let changed = order.replacing("tok_ok", with: "tok_declined")
            let other = try await customer.http.send(.post, "/orders", json: changed, headers: ["idempotency-key": "one"])
            #expect(other.status == .unprocessable)
            #expect(try await customer.orders.orders(of: .signedIn, limit: nil, cursor: nil).items.count == 1)
            #expect(try await customer.carts.cart(of: .signedIn).items.map(\.quantity) == [1])
            let second = try await customer.http.send(.post, "/orders", json: order, headers: ["idempotency-key": "two"])
            #expect(try second.decode(as: Order.self).id != first.decode(as: Order.self).id)
        }
    }

    /// The database records what a key was used for, even if the stored response is gone.
    @Test func aKeyOutlivesTheResponseThatWasKept() async throws {
        let folder = try TemporaryFolder(), accounts = TestAccounts(), id = UUID.v7(), key: Headers = ["idempotency-key": "one"]
        var first: UUID?
        try await OrdersSystem.run(accounts: accounts, in: folder) { system in
            try await system.stock()
            let customer = try await system.customer(id)
            first = try await customer.http.send(.post, "/orders", json: order, headers: key).decode(as: Order.self).id
        }
        for (number, isChanged) in [true, false].enumerated() {
            let store = ["STORE_URL": "sqlite:\(folder.path)/empty\(number).db"]
            try await OrdersSystem.run(store, accounts: accounts, in: folder) { system in
                let body = isChanged ? order.replacing("Wren Lane", with: "Owl Lane") : order
                let answer = try await system.customer(id).http.send(.post, "/orders", json: body, headers: key)
                #expect(answer.status == (isChanged ? .unprocessable : .created))
                #expect(try isChanged || answer.decode(as: Order.self).id == first)
            }
        }
    }

    @Test func theSameKeyAtTheSameTimeMakesOneOrder() async throws {
        try await OrdersSystem.run { system in
            try await system.stock()
            let customer = try await system.customer()
            let answers = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<10 {
                    group.addTask {
                        let answer = try await customer.http.send(.post, "/orders", json: order, headers: ["idempotency-key": "one"])
                        return "\(answer.status) \(answer.text)"
                    }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            // All of them are told the same.
            #expect(answers.count == 1 && answers.first?.hasPrefix("201") == true, "\(answers)")
            #expect(try await customer.orders.orders(of: .signedIn, limit: nil, cursor: nil).items.count == 1)
        }
    }

    @Test func aRefusalUnderAKeyIsToldAgain() async throws {
        try await OrdersSystem.run { system in
            try await system.stock()
            let customer = try await system.customer(mugs: 0), key: Headers = ["idempotency-key": "one"]
            #expect(try await customer.http.send(.post, "/orders", json: order, headers: key).status == .unprocessable)
            _ = try await system.customer(customer.id, mugs: 1)
            let again = try await customer.http.send(.post, "/orders", json: order, headers: key)
            #expect(again.status == .unprocessable && again.problem.errors.map(\.rule) == ["cart"])
            let other = try await customer.http.send(.post, "/orders", json: order + " ", headers: key)
            #expect(other.status == .unprocessable && other.problem.errors.isEmpty)
            let new = try await customer.http.send(.post, "/orders", json: order, headers: ["idempotency-key": "two"])
            #expect(new.status == .created)
        }
    }

    /// The first answer is given again as it was, wherever the order has come to since.
    @Test func theFirstResponseSaysWhatWasKnownThen() async throws {
        try await OrdersSystem.run { system in
            try await system.stock()
            let customer = try await system.customer(), key: Headers = ["idempotency-key": "one"]
            let first = try await customer.http.send(.post, "/orders", json: order, headers: key)
            let placed = try first.decode(as: Order.self)
            let ended = try await customer.end(of: placed)
            #expect(ended.history.map(\.status) == [.pending, .reserved, .paid, .confirmed] && ended.createdAt == placed.createdAt)
            #expect(ended.history[0].at == placed.createdAt)
            let again = try await customer.http.send(.post, "/orders", json: order, headers: key)
            #expect(again.status == .created && again.text == first.text)
            for bad in ["", "a b", String(repeating: "k", count: 256)] {
                let headers: Headers = ["idempotency-key": bad]
                #expect(try await customer.http.send(.post, "/orders", json: order, headers: headers).status == .badRequest)
            }
        }
    }

    /// A token that was issued before tokens named the address.
    @Test func theAddressIsAskedForWhereTheTokenDoesNotNameIt() async throws {
        try await OrdersSystem.run { system in
            try await system.stock()
            let customer = try await system.customer()
            let token = try await system.accounts.token(for: customer.id, namingEmail: false)
            let http = try await system.system.client(of: "orders", as: .bearer(token))
            #expect(try await http.send(.post, "/orders", json: order).status == .created)
        }
    }

    @Test func aKeyCountsForItsCustomerOnly() async throws {
        try await OrdersSystem.run { system in
            try await system.stock()
            var ids: Set<UUID> = []
            for _ in 1...2 {
                let response = try await system.customer().http.send(.post, "/orders", json: order, headers: ["idempotency-key": "one"])
                ids.insert(try response.decode(as: Order.self).id)
            }
            #expect(ids.count == 2)
        }
    }
}
