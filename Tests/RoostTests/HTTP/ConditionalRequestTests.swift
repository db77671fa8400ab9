import Testing

@testable import Roost

/// Conditional requests on content that has an entity tag (RFC 9110 §13).
struct ConditionalRequestTests {
    private let content = StaticContent(Array("hello".utf8), mediaType: "text/plain")

    private func status(_ headers: [(String, String)], _ method: RequestMethod = .get) -> Status {
        let fields = headers.map { (name: $0, value: $1.replacing("TAG", with: content.entityTag.description)) }
        do throws(Problem) {
            return try content.response(to: Request(method, "/a", headers: Headers(fields))).status
        } catch {
            return error.status
        }
    }

    @Test(arguments: [
        "TAG", "W/TAG", "\"other\", TAG", "\"other\",W/TAG , \"third\"", "*", "\"a, b\", TAG", "W/\"x\" , W/TAG", ",, TAG,",
    ])
    func aTagThatTheCallerHasIsNotModified(value: String) {
        #expect(status([("if-none-match", value)]) == .notModified)
        #expect(status([("if-none-match", value)], .head) == .notModified)
    }

    @Test(arguments: ["\"other\"", "W/\"other\"", "\"TAG-\"", "other", "", "\"", "W/", "\"*\"", "\"x, *\""])
    func anyOtherTagGetsTheContent(value: String) {
        let value = value == "\"TAG-\"" ? "\"\(content.entityTag.opaque)-\"" : value
        #expect(status([("if-none-match", value)]) == .ok)
    }

    @Test func tagsMayComeInSeveralLines() {
        #expect(status([("if-none-match", "\"a\""), ("If-None-Match", "W/TAG")]) == .notModified)
    }

    /// If-Match is a strong comparison, and comes before If-None-Match (§13.2.2).
    @Test(arguments: [
        ([("if-match", "TAG")], 200), ([("if-match", "*")], 200), ([("if-match", "\"x\", TAG")], 200), ([("if-match", "W/TAG")], 412),
        ([("if-match", "\"x\"")], 412), ([("if-match", "\"x\""), ("if-none-match", "TAG")], 412),
        ([("if-match", "TAG"), ("if-none-match", "TAG")], 304),
        // There is no date to compare with, and there are no ranges.
        ([("if-unmodified-since", "Sun, 06 Nov 1994 08:49:37 GMT")], 200), ([("if-modified-since", "Sun, 06 Nov 2094 08:49:37 GMT")], 200),
        ([("if-none-match", "\"x\""), ("if-modified-since", "Sun, 06 Nov 2094 08:49:37 GMT")], 200),
        ([("if-range", "\"x\""), ("range", "bytes=0-1")], 200),
    ])
    func preconditionsHaveAnOrder(headers: [(String, String)], expected: Int) {
        #expect(status(headers).code == expected)
    }

    @Test func aChangeOfWhatIsThereAlreadyFails() {
        #expect(status([("if-none-match", "*")], .put) == .preconditionFailed)
    }

    @Test func notModifiedTellsTheTagAndNothingOfTheContent() throws {
        let request = Request(.get, "/a", headers: ["if-none-match": "*"])
        let response = try content.response(to: request)
        #expect(response.headers.fields.map(\.name) == ["etag", "cache-control"] && response.body.length == 0)
    }
}
