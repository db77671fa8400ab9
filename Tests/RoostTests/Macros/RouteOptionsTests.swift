import Roost
import Testing

@Contract("options", access: .signedIn)
private protocol OptionsAPI: Sendable {
    @Post("/repeatable", takesIdempotencyKey: true, problems: [.conflict, .tooManyRequests])
    func repeatable(_ number: Int) async throws -> Int

    @Post("/plain")
    func plain() async throws
}

/// A `@Service` whose responses are not stored.
@Service
private struct Forgetful {
    @Post("/repeatable", takesIdempotencyKey: true)
    func repeatable() -> Int { 1 }
}

@Suite struct RouteOptionsTests {
    @Test func aRouteSaysWhetherItTakesIdempotencyKeysAndWhatItRefusesWith() {
        let routes = OptionsAPIContract.description.routes
        #expect(routes.map(\.takesIdempotencyKey) == [true, false])
        #expect(routes.map(\.problems) == [[.conflict, .tooManyRequests], []])
    }

    @Test func aServiceByItselfThatTakesKeysAndForgetsItsResponsesDoesNotStart() {
        let error = #expect(throws: ConfigurationError.self) { try Router(Forgetful().endpoints) }
        #expect(error?.description.contains("repeatable accepts an Idempotency-Key, but there is no store") == true)
    }
}
