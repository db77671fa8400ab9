import FoundationEssentials
import RoostSchema
import Testing

/// Values in memory have the same faults that a decoder finds in their text.
struct FaultCollectorTests {
    @Schema
    struct Shelf: Equatable {
        @Schema struct Code: RawRepresentable, Hashable {
            var rawValue: String
            init(unchecked: String) { rawValue = unchecked }
            init?(rawValue: String) { if rawValue.count == 3 { self.rawValue = rawValue } else { return nil } }
        }
        @Schema enum Side: String { case left, right }
        @Schema
        indirect enum Content: Equatable {
            case nothing
            case book(Book)
            case box(of: [Content], label: String?)
        }

        var code: Code
        var side: Side = .left
        @Check(.count(...2)) var books: [Book] = []
        @Check(.count(1...)) var tags: [String: Double] = ["a": 1]
        @Check(.range(1...9)) var faults: Int? = 5
        var content: Content = .nothing
        @Check(.line(1...8)) var note = "a note"
    }

    @Schema
    struct Book: Equatable {
        @Check(.length(1...5)) var title: String
        @Check(.range(0...)) var price: Double = 1
    }

    /// The locations of the faults in each of the values.
    private static let shelves: [(Shelf, [String])] = [
        (Shelf(code: .init(unchecked: "abc")), []),
        (Shelf(code: .init(unchecked: "ab")), ["/code format"]),
        (Shelf(code: .init(unchecked: "a\0c"), faults: 10, note: ""), ["/code characters", "/faults range", "/note length"]),
        (
            Shelf(code: .init(unchecked: "abc"), books: [Book(title: ""), Book(title: "Dune", price: -1), Book(title: "It")]),
            ["/books/0/title length", "/books/1/price range", "/books count"]
        ),
        // The items of a list are not counted if one of them cannot be sent.
        (
            Shelf(code: .init(unchecked: "abc"), books: [Book(title: "a"), Book(title: "b\0"), Book(title: "c")]),
            ["/books/1/title characters"]
        ),
        (Shelf(code: .init(unchecked: "abc"), tags: [:]), ["/tags count"]),
        (Shelf(code: .init(unchecked: "abc"), tags: ["b~/": 1, "e\u{301}": 2, "a": 3]), ["/tags key"]),
        (
            Shelf(code: .init(unchecked: "abc"), content: .box(of: [.nothing, .book(Book(title: ""))], label: "a\0")),
            ["/content/box/of/1/book/title length", "/content/box/label characters"]
        ),
        (Shelf(code: .init(unchecked: "abc"), note: "a\nb"), ["/note line"]),
    ]

    @Test(arguments: shelves.indices) func findsWhatADecoderOfTheTextFinds(index: Int) {
        let (shelf, expected) = Self.shelves[index]
        let found = FaultCollector.faults(in: shelf)
        #expect(found.map { "\($0.pointer) \($0.rule)" } == expected)
        #expect(found == decodedFaults(shelf))
    }

    @Test(arguments: shelves.indices) func findsWhatADecoderOfTheMessageFinds(index: Int) {
        let (shelf, _) = Self.shelves[index]
        // In a message, faults of values come before those of rules.
        func sorted(_ faults: [Fault]) -> [Fault] { faults.sorted { ($0.pointer, $0.rule) < ($1.pointer, $1.rule) } }
        var faults: [Fault] = []
        do throws(DecodingFailure) {
            _ = try Protobuf.decode(Shelf.self, from: Protobuf.encode(shelf))
        } catch {
            if case .invalid(let found) = error { faults = found }
        }
        #expect(sorted(faults) == sorted(FaultCollector.faults(in: shelf)))
    }

    @Test func aNumberThatIsNotFinite() {
        #expect(FaultCollector.faults(in: [1, .nan]) == [Fault(pointer: "/1", rule: "range", message: "must be a finite number")])
        #expect(FaultCollector.faults(in: Decimal.nan).map(\.rule) == ["range"])
    }

    @Test func faultsAreBounded() {
        let books = [Book](repeating: Book(title: ""), count: JSONReader.maximumFaults + 1)
        #expect(FaultCollector.faults(in: books) == decodedFaults(books))
        #expect(FaultCollector.faults(in: books).count == JSONReader.maximumFaults)
        let key = String(repeating: "k", count: 1 << 19)
        #expect(FaultCollector.faults(in: [key: [key: [Book](repeating: Book(title: ""), count: 8)]]).count == 1)
    }
}

/// The faults that the decoder of a value's text finds.
func decodedFaults<Value: Schema>(_ value: Value) -> [Fault] {
    do throws(DecodingFailure) {
        _ = try JSON.decode(Value.self, from: JSON.encode(value))
    } catch {
        if case .invalid(let faults) = error { return faults }
    }
    return []
}
