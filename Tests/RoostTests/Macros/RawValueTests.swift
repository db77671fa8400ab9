import Foundation
import Roost
import RoostHTTP
import Testing

@Schema
struct Consignment: Equatable {
    @Schema
    struct ID: RawRepresentable, Hashable { let rawValue: UUID }

    /// A code in capitals.
    @Schema
    struct Code: RawRepresentable, Hashable {
        let rawValue: String

        init?(rawValue: String) {
            if rawValue.isEmpty || rawValue != rawValue.uppercased() { return nil }
            self.rawValue = rawValue
        }
    }

    @Schema
    struct Marks: OptionSet, Hashable { let rawValue: Int }

    /// Its cases have the names of an optional's.
    @Schema
    enum Insurance: String { case some, none, full }

    /// Here too, and with values.
    @Schema
    enum Extra: Equatable {
        case none
        case some(Int)
    }

    var id: ID
    var code: Code?
    var others: [ID] = []
    var marks: Marks = []
    var insurance: Insurance = .none
    var extra: Extra = .none
}

/// A type with a raw value is encoded as its raw value, and stays a type of its own.
struct RawValueTests {
    @Service
    struct Consignments {
        @Get("/parcels/{id}") func parcel(id: Consignment.ID, code: Consignment.Code?, marks: Consignment.Marks = []) -> Consignment {
            Consignment(id: id, code: code, marks: marks)
        }
    }

    private let id = UUID(uuidString: "01939c5e-0000-7000-8000-000000000001") ?? UUID()

    @Test func isItsRawValueInJSON() throws {
        let parcel = Consignment(
            id: .init(rawValue: id), code: .init(rawValue: "AB"), others: [.init(rawValue: id)], marks: .init(rawValue: 5))
        let text =
            #"{"id":"\#(id.text)","code":"AB","others":["\#(id.text)"],"marks":5,"insurance":"none","extra":{"none":{}}}"#
        #expect(JSON.text(parcel) == text)
        #expect(try JSON.decode(Consignment.self, from: Array(text.utf8)) == parcel)
        #expect(Consignment.ID.schema.name == "UUID")
    }

    @Test func whatTheInitializerRefusesIsAFault() throws {
        let text = #"{"id":"\#(id.text)","code":"ab"}"#
        let error = #expect(throws: DecodingFailure.self) { try JSON.decode(Consignment.self, from: Array(text.utf8)) }
        guard case .invalid(let faults)? = error else { return }
        #expect(faults == [Fault(pointer: "/code", rule: "format", message: "must be a valid Code")])
    }

    /// Cases named `none` and `some` are distinguished from an optional's, in both formats.
    @Test(arguments: [Consignment.Insurance.none, .some, .full], [Consignment.Extra.none, .some(3)])
    func readsBackWhatItWrote(insurance: Consignment.Insurance, extra: Consignment.Extra) throws {
        let parcel = Consignment(
            id: .init(rawValue: id), code: .init(rawValue: "AB"), others: [.init(rawValue: id)], marks: .init(rawValue: 5),
            insurance: insurance, extra: extra)
        #expect(try JSON.decode(Consignment.self, from: Array(JSON.text(parcel).utf8)) == parcel)
        #expect(try Protobuf.decode(Consignment.self, from: Protobuf.encode(parcel)) == parcel)
    }

    @Test func aFieldLeftOutHasItsDefaultCalledNone() throws {
        let parcel = try JSON.decode(Consignment.self, from: Array(#"{"id":"\#(id.text)"}"#.utf8))
        #expect(parcel.insurance == Consignment.Insurance.none && parcel.extra == Consignment.Extra.none)
    }

    @Test func isItsRawValueInPathsAndQueries() async throws {
        let router = try Router(Consignments().endpoints)
        func status(_ path: String, _ query: String) async throws -> Status {
            do {
                return try await router.responder(Request(.get, path, query: query), RequestContext()).status
            } catch let problem as Problem {
                return problem.status
            }
        }
        #expect(try await status("/parcels/\(id.text)", "code=AB&marks=3") == .ok)
        #expect(try await status("/parcels/none", "") == .notFound)
        #expect(try await status("/parcels/\(id.text)", "code=ab") == .unprocessable)
        #expect(try await status("/parcels/\(id.text)", "marks=x") == .unprocessable)
    }
}
