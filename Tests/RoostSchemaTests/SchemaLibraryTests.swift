import FoundationEssentials
import RoostSchema
import Testing

/// The expansions of `@Schema` compile in a library that imports `RoostSchema` and has no contract.
struct SchemaLibraryTests {
    @Schema
    struct Parcel: Equatable {
        @Schema struct ID: RawRepresentable, Hashable { let rawValue: UUID }
        @Schema enum Size: String { case small, large }
        @Schema
        enum Carrier: Equatable {
            case post
            case courier(name: String)
        }

        var id: ID
        var size: Size
        var carrier: Carrier
        @Check(.length(1...10)) var label: String
        @Check(.range(0...)) var weights: Double?
        var notes: Box<String>
    }

    @Schema struct Box<Content: Schema & Equatable>: Equatable { var content: [Content] = [] }

    private let parcel = Parcel(
        id: .init(rawValue: UUID()), size: .large, carrier: .courier(name: "Ada"), label: "fragile", weights: 1.5,
        notes: Box(content: ["up"]))

    @Test func readsBackWhatItWrote() throws {
        #expect(try JSON.decode(Parcel.self, from: JSON.encode(parcel)) == parcel)
        #expect(try Protobuf.decode(Parcel.self, from: Protobuf.encode(parcel)) == parcel)
    }

    @Test func reportsWhatBreaksARule() {
        var parcel = parcel
        parcel.label = ""
        parcel.weights = -1
        let text = JSON.encode(parcel)
        #expect {
            try JSON.decode(Parcel.self, from: text)
        } throws: { error in
            guard case DecodingFailure.invalid(let faults) = error else { return false }
            return faults.map(\.pointer) == ["/label", "/weights"]
        }
    }
}
