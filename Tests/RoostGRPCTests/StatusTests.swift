import Foundation
import Roost
import Testing

@testable import RoostGRPC

/// The result of a call as encoded in fields.
struct StatusTests {
    private func told(_ problem: Problem) throws -> Problem? {
        try CallStatus.problem(in: CallStatus.fields(of: problem, requestID: "r-1"))
    }

    @Test(arguments: [
        Problem(.conflict, "It is täken: 100 %.", type: "https://example.org/taken", title: "Taken", headers: ["retry-after": "3"]),
        Problem(.notFound), Problem(.notFound, ""), .invalid([Fault(pointer: "/a/0", rule: "range", message: "must be from 1 to 9")]),
        .unavailable("Not now.", retryAfter: 7), Problem(418, "Short and stout."),
    ]) func aProblemIsTheSameOnTheOtherSide(problem: Problem) throws {
        let other = try #require(try told(problem))
        #expect(other.status == problem.status && other.detail == problem.detail)
        #expect(other.type == problem.type && other.title == problem.title && other.errors == problem.errors)
        #expect(other.headers["retry-after"] == problem.headers["retry-after"])
    }

    /// Fields that are meant for this server's own client, such as cookies, are not passed on.
    @Test func headersThatStay() throws {
        let problem = Problem(.unauthorized, headers: ["www-authenticate": "Bearer", "set-cookie": "a=b"])
        let other = try #require(try told(problem))
        #expect(other.headers["www-authenticate"] == "Bearer" && other.headers["set-cookie"] == nil)
    }

    @Test func statusesWithoutDetails() throws {
        #expect(try CallStatus.problem(in: CallStatus.ok) == nil)
        let plain = try CallStatus.problem(in: ["grpc-status": "5", "grpc-message": "no%20order%3A %C3%BC"])
        #expect(plain?.status == .notFound && plain?.detail == "no order: ü")
        #expect(try CallStatus.problem(in: ["grpc-status": "5"])?.detail == nil)
        for unknown in ["99", "-1", "x", ""] {
            #expect(try CallStatus.problem(in: ["grpc-status": unknown])?.status == .internalError)
        }
        let none = #expect(throws: Problem.self) { try CallStatus.problem(in: ["grpc-message": "?"]) }
        #expect(none?.status == .badGateway)
    }

    /// Details from another implementation: INVALID_ARGUMENT with a violation, and a retry delay of 7 seconds.
    @Test func detailsOfAnotherMake() throws {
        var status = ProtobufWriter()
        status.field(1, Int32(3))
        status.field(2, "Bad.")
        detail("google.rpc.BadRequest", in: &status) { request in
            request.delimited(1) {
                $0.field(1, "lines[0].count")
                $0.field(2, "is too many")
            }
        }
        detail("google.rpc.RetryInfo", in: &status) { info in info.delimited(1) { $0.field(1, Int64(7)) } }
        detail("google.rpc.DebugInfo", in: &status) { $0.field(2, "stack") }
        let details = Data(status.bytes).base64EncodedString().trimmingCharacters(in: ["="])
        let problem = try CallStatus.problem(in: ["grpc-status": "3", "grpc-message": "Bad.", ErrorDetails.field: details])
        #expect(problem?.status == .badRequest && problem?.detail == "Bad." && problem?.headers["retry-after"] == "7")
        #expect(problem?.errors == [Fault(pointer: "lines[0].count", rule: "", message: "is too many")])
    }

    private func detail(_ type: String, in status: inout ProtobufWriter, _ write: (inout ProtobufWriter) -> Void) {
        status.delimited(3) { any in
            any.field(1, "type.googleapis.com/" + type)
            any.delimited(2, write)
        }
    }

    /// Invalid details never hide the status.
    @Test(arguments: ["", "!", "AAAA", "CAM", "GgUKA2Zvbw", "/////w=="]) func detailsThatAreNone(text: String) throws {
        let problem = try CallStatus.problem(in: ["grpc-status": "9", "grpc-message": "no", ErrorDetails.field: text])
        #expect(problem?.status == 412 && problem?.detail == "no")
    }

    @Test(arguments: ["", "plain text", "100 %", "%41", "ü 木 🙂", "line\nbreak", "\u{7F}\u{0}"]) func messagesThereAndBack(text: String) {
        let encoded = StatusMessage.encode(text)
        #expect(encoded.utf8.allSatisfy { (0x20...0x7E).contains($0) })
        #expect(StatusMessage.decode(encoded) == text)
    }

    @Test func messagesWronglyEncoded() {
        for text in ["%", "%4", "%zz", "%+1", "a%", "100%%"] { #expect(StatusMessage.decode(text) == text) }
        #expect(StatusMessage.decode("%e4%bD") == "\u{FFFD}")
    }

    /// The HTTP status of every code maps back to the code, except where several codes share a status.
    @Test(arguments: 0...16) func codesAndStatuses(number: Int) throws {
        let code = try #require(StatusCode(rawValue: number))
        let shared: [StatusCode: StatusCode] = [
            .unknown: .internal, .dataLoss: .internal, .alreadyExists: .aborted, .outOfRange: .invalidArgument,
        ]
        #expect(StatusCode(code.status) == shared[code] ?? code)
    }

    @Test(arguments: [
        (400, StatusCode.internal), (401, .unauthenticated), (403, .permissionDenied), (404, .unimplemented), (429, .unavailable),
        (502, .unavailable), (503, .unavailable), (504, .unavailable), (200, .unknown), (500, .unknown),
    ]) func whatAnswersIsNoServerOfTheKind(status: Int, code: StatusCode) {
        #expect(StatusCode(ofForeign: Status(status)) == code)
    }
}
