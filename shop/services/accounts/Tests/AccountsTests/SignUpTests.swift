import Accounts
import AccountsAPI
import Roost
import RoostSystemTesting
import Testing

@Suite struct SignUpTests {
    @Test func aNewAccountIsACustomer() async throws {
        try await TestSystem.run {
            AccountsService()
        } test: { system in
            let client = try await system.client(of: "accounts")
            let response = try await client.send(
                .post, "/accounts", json: #"{"email":"Ada@Example.com","password":"a good password","name":"Ada","more":1}"#)
            #expect(response.status == 201)
            #expect(!response.text.contains("password"))
            let account = try response.decode(as: Account.self)
            #expect(account.email == "ada@example.com" && account.name == "Ada" && account.role == .customer)
            let known = try await system.client(AccountsAPIContract.self, as: .service("orders")).account(id: account.id)
            #expect(known.email == account.email)
        }
    }

    @Test func everyFaultIsToldAtOnce() async throws {
        try await TestSystem.run {
            AccountsService()
        } test: { system in
            let client = try await system.client(of: "accounts")
            let response = try await client.send(.post, "/accounts", json: #"{"email":"nobody","password":"short","name":""}"#)
            #expect(response.status == 422)
            #expect(response.headers["content-type"] == "application/problem+json")
            #expect(
                response.problem.errors.map { [$0.pointer, $0.rule] } == [
                    ["/email", "format"], ["/password", "length"], ["/name", "length"],
                ])
            #expect(try await client.send(.post, "/accounts", json: "{").status == 400)
            #expect(try await client.send(.post, "/accounts", json: "{}", headers: ["content-type": "text/plain"]).status == 415)
        }
    }

    @Test(arguments: [
        #"   "#, #"\t"#, #"A\u0000B"#, #"\u0000"#, #"Ada\r\nBcc: eve@example.com"#, #"Ada\u202Eevil"#, #"\u2066Ada"#, #"Ada\u2028Bob"#,
        #"\u3164"#, #"\u200B"#, #"Ada\u0085"#,
    ])
    func aNameIsOneLineThatCanBeSeen(name: String) async throws {
        try await TestSystem.run {
            AccountsService()
        } test: { system in
            let client = try await system.client(of: "accounts")
            let json = #"{"email":"ada@example.com","password":"a good password","name":"\#(name)"}"#
            let response = try await client.send(.post, "/accounts", json: json)
            #expect(response.status == 422 && response.problem.errors.map(\.pointer) == ["/name"])
        }
    }

    @Test func aPasswordIsTheSameOnEveryKeyboard() async throws {
        try await TestSystem.run {
            AccountsService()
        } test: { system in
            let client = try await system.client(of: "accounts")
            func send(_ path: String, _ password: String) async throws -> Status {
                let json = #"{"email":"ada@example.com","password":\#(JSON.text(password)),"name":"Ada"}"#
                return try await client.send(.post, path, json: json).status
            }
            // Eight characters after normalization.
            #expect(try await send("/accounts", "cafe\u{301} e\u{301}te\u{301}") == 422)
            #expect(try await send("/accounts", "pass\tword word") == 422)
            #expect(try await send("/accounts", "cafe\u{301}\u{A0}au lait") == 201)
            #expect(try await send("/sessions", "caf\u{E9} au lait") == 201)
            #expect(try await send("/sessions", "cafe\u{301} au\u{3000}lait") == 201)
            #expect(try await send("/sessions", "cafe au lait") == 401)
        }
    }

    @Test func anAddressHasOneAccountInWhateverCase() async throws {
        try await TestSystem.run {
            AccountsService()
        } test: { system in
            let accounts = try await system.client(AccountsAPIContract.self)
            _ = try await accounts.signUp(NewAccount(email: "ada@example.com", password: "a good password", name: "Ada"))
            await #expect(
                performing: { try await accounts.signUp(NewAccount(email: "ADA@example.com", password: "another password", name: "Eve")) },
                throws: refused(with: .conflict))
        }
    }

    @Test("An idempotency key has no effect where nobody is signed in: one who signs up with another's key is another")
    func anIdempotencyKeyHasNoEffectWhereNobodyIsSignedIn() async throws {
        try await TestSystem.run {
            AccountsService()
        } test: { system in
            let client = try await system.client(of: "accounts")
            for (email, status) in [("ada", Status.created), ("eve", .created), ("ada", .conflict)] {
                let json = #"{"email":"\#(email)@example.com","password":"a good password","name":"Ada"}"#
                let answer = try await client.send(.post, "/accounts", json: json, headers: ["idempotency-key": "one"])
                #expect(answer.status == status)
            }
        }
    }

    @Test func noSessionComesBackByAnIdempotencyKey() async throws {
        try await TestSystem.run {
            AccountsService()
        } test: { system in
            let ada = try await SignedIn.ada(in: system)
            let json = #"{"email":"ada@example.com","password":"a good password"}"#
            for identity in [TestIdentity.anyone, .bearer(ada.tokens.accessToken)] {
                let client = try await system.client(of: "accounts", as: identity)
                let pairs = try await (0..<2).asyncMap { _ in
                    try await client.send(.post, "/sessions", json: json, headers: ["idempotency-key": "one"]).decode(as: TokenPair.self)
                }
                #expect(pairs[0].refreshToken != pairs[1].refreshToken && pairs[0].accessToken != pairs[1].accessToken)
            }
        }
    }
}

extension Sequence {
    fileprivate func asyncMap<Result>(_ transform: (Element) async throws -> Result) async throws -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await transform(element)) }
        return results
    }
}
