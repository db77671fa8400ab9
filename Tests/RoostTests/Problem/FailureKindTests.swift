import Roost
import Testing

@Suite struct FailureKindTests {
    @Test func whatSaysNothingOfItselfMayPass() {
        struct Unknown: Error {}
        #expect(FailureKind(of: Unknown()) == .transient)
        #expect(FailureKind(of: CancellationError()) == .transient)
    }

    @Test(arguments: [400, 404, 405, 406, 410, 411, 413, 414, 415, 422, 451])
    func aProblemOfTheRequestIsPermanent(code: Int) {
        #expect(FailureKind(of: Problem(Status(code))) == .permanent)
    }

    @Test(arguments: [401, 403, 408, 409, 421, 423, 424, 425, 429, 500, 502, 503, 504])
    func aProblemOfTheMomentMayPass(code: Int) {
        #expect(FailureKind(of: Problem(Status(code))) == .transient)
    }

    @Test func aReasonIsShortAndHasNoNullCharacter() {
        #expect(FailureKind.reason("as it is, ä") == "as it is, ä")
        #expect(FailureKind.reason("a\u{0}b") == "ab")
        #expect(FailureKind.reason(String(repeating: "ä", count: 5000)).utf8.count <= 2050)
    }

    @Test func whatCannotBeReadIsPermanent() {
        let failure = #expect(throws: DecodingFailure.self) { try JSON.decode([String].self, from: Array("[".utf8)) }
        #expect(failure.map { FailureKind(of: $0) } == .permanent)
        #expect(FailureKind(of: ConfigurationError("PORT is wrong")) == .permanent)
    }
}
