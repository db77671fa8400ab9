import Roost
import Testing

/// The caller as a parameter: the callee gets the one that it has verified, whichever way it is called.
@Suite(.timeLimit(.minutes(5))) struct CallerTests {
    private static let ada = Principal.Account("ada", roles: ["keeper"])
    private static let animal = Animal(name: "Ümit")

    /// A call that an account makes, with its token.
    private static var signedIn: RequestContext {
        var context = RequestContext(principal: .account("ada", roles: ["keeper"]))
        context.authorization = "Bearer ada keeper"
        return context
    }

    private func problem(_ body: () async throws -> Void) async -> Problem? {
        do { try await body() } catch { return error as? Problem }
        return nil
    }

    @Test func aFunctionCanBeTestedWithoutACall() async throws {
        #expect(try await Zoo().visit(Self.animal, by: Self.ada) == ["Ümit", "ada", "keeper", "-"])
    }

    @Test func theParameterSaysWhoMayCall() {
        #expect(ZooAPIContract.Routes.visit.access == .signedIn)
        #expect(ZooAPIContract.Routes.deliver.access == .services)
        #expect(ZooAPIContract.Routes.look.access == .anyone)
        #expect(ZooAPIContract.Routes.look.parameters.map(\.name) == ["name"])
        #expect(ZooAPIContract.Routes.visit.bodyIsMessage)
    }

    @Test(arguments: Way.allCases) func accounts(way: Way) async throws {
        try await OpenZoo.run(way) { open in
            let client = open.client
            try await Self.signedIn.run {
                let visit = try await client.visit(Self.animal, by: Self.ada)
                let kept = try await withIdempotencyKey("k") { try await client.keep(by: Self.ada) }
                #expect(visit == ["Ümit", "ada", "keeper", "keeper"] && kept == ["ada", "keeper"])
                var steps = try await client.walk(steps: 1, with: Self.ada).makeAsyncIterator()
                let step = try await steps.next()
                #expect(step == "ada")
            }
            // Outside a call, the service calls on its own behalf.
            #expect(await problem { _ = try await client.visit(Self.animal, by: Self.ada) }?.status == .forbidden)
            #expect(await problem { _ = try await client.walk(steps: 1, with: Self.ada) }?.status == .forbidden)
        }
    }

    @Test(arguments: Way.allCases) func whoMayBeAnonymous(way: Way) async throws {
        try await OpenZoo.run(way) { open in
            let client = open.client
            let outside = try await client.look(.anonymous, name: "a", nil)
            #expect(outside == ["service", "keeper", "-"])
            try await Self.signedIn.run {
                let seen = try await client.look(.account("ada", roles: ["keeper"]), name: "a", Self.ada)
                #expect(seen == ["account", "keeper", "ada"])
            }
        }
    }

    @Test(arguments: Way.allCases) func services(way: Way) async throws {
        try await OpenZoo.run(way) { open in
            let client = open.client
            let keeper = Principal.Service("keeper")
            let own = try await client.deliver(from: keeper, Self.animal)
            let forAda = try await Self.signedIn.run { try await client.deliver(from: keeper, Self.animal) }
            #expect(own == "keeper" && forAda == "keeper")
            let other = await problem { _ = try await client.deliver(from: Principal.Service("baker"), Self.animal) }
            #expect(other?.code == .otherCaller && other?.callee == nil)
        }
    }

    /// Who calls is what the credentials say: an argument that says otherwise is an error of the calling code.
    @Test(arguments: Way.allCases) func onlyTheCurrentCallerCanBePassed(way: Way) async throws {
        try await OpenZoo.run(way) { open in
            let client = open.client, eve = Principal.Account("eve")
            for context in [Self.signedIn, RequestContext(), RequestContext(principal: .service("keeper"))] {
                let passed = await context.run { await problem { _ = try await client.visit(Self.animal, by: eve) } }
                #expect(passed?.status == .internalError && passed?.code == .otherCaller && passed?.callee == nil)
            }
            let hidden = await Self.signedIn.run {
                await problem { _ = try await client.look(.account("ada", roles: ["keeper"]), name: "a", nil) }
            }
            #expect(hidden?.code == .otherCaller)
            #expect(open.seen.all.isEmpty)
            // A context can have the credentials of a caller whom it does not know.
            var unknown = RequestContext()
            unknown.authorization = "Bearer ada keeper"
            #expect(await unknown.run { await problem { _ = try await client.keep(by: eve) } }?.code != .otherCaller)
        }
    }

    /// Whoever may not call a function does not learn what is wrong with the arguments.
    @Test(arguments: [Way.rest, .grpc]) func theCallerIsCheckedFirst(way: Way) async throws {
        try await OpenZoo.run(way) { open in
            #expect(await problem { _ = try await open.client.visit(Animal(name: ""), by: Self.ada) }?.status == .forbidden)
        }
    }
}
