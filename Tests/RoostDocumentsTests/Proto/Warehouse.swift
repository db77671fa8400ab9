import FoundationEssentials
import Roost

/// A contract that uses every type and every shape of call.
///
/// And says so.
@Contract("ware-house")
protocol WarehouseAPI: Sendable {
    /// Stores one of everything.
    @Post("/everything")
    func store(_ thing: Everything) async throws -> Everything

    @Get("/shelves/{number}")
    func shelf(number: Int, detail: Bool?, since: Date?, weight: Double, kind: Everything.Kind?) async throws -> Page<Everything>

    @Put("/shelves/{number}/labels", headers: ["key": "Idempotency-Key"])
    func label(number: Int, key: String?, _ labels: [String: [String]]) async throws -> [String]

    @Put("/shelves/{number}/photo")
    func photo(number: Int, _ bytes: RawBody) async throws -> Int

    @Post("/tick")
    func tick() async throws

    @Get("/clock")
    func clock() async throws -> Date

    @Get("/perhaps")
    func perhaps() async throws -> Everything.Kind?

    @Live("/shelves/{number}/live")
    func watch(number: Int) async throws -> MessageStream<Int>

    @Live("/talk/{room}")
    func talk(room: String, _ words: MessageStream<String>) async throws -> MessageStream<Everything.Node>
}

/// One of everything.
@Schema
struct Everything: Equatable {
    /// What it is for.
    @Schema
    enum Kind {
        case plain
        /// Handle with care.
        case fragile
        @Field(7) case sentOut
        case sent_out, `default`
    }

    /// A tree.
    @Schema
    struct Node: Equatable {
        var name: String
        var children: [Node] = []
        var byName: [String: Node] = [:]
    }

    @Schema
    indirect enum Content: Equatable {
        /// As it is.
        case text(String)
        case list([Int])
        case maybe(Double?)
        case both(first: Content, second: Content? = nil)
        case nothing
        case choice(Kind)
    }

    @Schema
    struct Of<Item: Schema & Equatable, Other: Schema & Equatable>: Equatable {
        var item: Item
        var items: [Item]
        var other: Other?
        var perhaps: [Other?]
    }

    var int: Int
    var int8: Int8
    var int16: Int16
    var int32: Int32
    var int64: Int64
    var uint: UInt
    var uint8: UInt8
    var uint16: UInt16
    var uint32: UInt32
    var uint64: UInt64
    var double: Double
    var float: Float
    var bool: Bool
    var string: String
    var uuid: UUID
    var decimal: Decimal
    var date: Date
    var kind: Kind
    var node: Node
    var content: Content
    /// May be missing.
    @Check(.length(1...)) var optionalText: String?
    var optionalInt: Int?
    var optionalDate: Date?
    var optionalKind: Kind?
    var optionalNode: Node?
    var optionalList: [Int]?
    var withDefault = 5
    var listWithDefault: [String] = ["a"]
    @Field(100) var ints: [Int32]
    var bools: [Bool]
    var doubles: [Double]
    var strings: [String]
    var dates: [Date]
    var kinds: [Kind]
    var nodes: [Node]
    var lists: [[Int]]
    var gaps: [Int?]
    var maps: [[String: Bool]]
    var mapOfInts: [String: UInt8]
    var mapOfDates: [String: Date]
    var mapOfKinds: [String: Kind]
    var mapOfNodes: [String: Node]
    var mapOfLists: [String: [String]]
    var generic: Of<[Int], String>
    var genericOfGeneric: Of<Int32, Of<UUID?, [String: Int]>>
    var URLOfHTTPServer: String
    var `default`: Int
    var snake_case: Int
    var bytes: Data
    var address: URL?
    var differentTexts: Set<String>
    var anything: JSONValue
    var change: Change<[Int]>
    var otherChange: Change<String> = .keep
    @Field("an odd key", deprecated: true) var odd = 1
}

extension Everything {
    /// With what each type has at its edges.
    static let full = Everything(
        int: .min, int8: .min, int16: .max, int32: .min, int64: .max, uint: .max, uint8: .max, uint16: .max, uint32: .max, uint64: .max,
        double: -0.1, float: 0.5, bool: true, string: "ünïcödé 🐦\n\"",
        uuid: UUID(uuid: (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)),
        decimal: Decimal(string: "12345678901234567890.123456789") ?? 0, date: Date(timeIntervalSince1970: 1_795_500_375.25),
        kind: .sentOut,
        node: Node(name: "root", children: [Node(name: "leaf")], byName: ["x": Node(name: "")]),
        content: .both(first: .list([1, 2]), second: .both(first: .maybe(nil), second: .choice(.fragile))), optionalText: "x",
        optionalInt: 0,
        optionalDate: Date(timeIntervalSince1970: -0.5), optionalKind: .default, optionalNode: Node(name: ""), optionalList: [],
        withDefault: 0, listWithDefault: [], ints: [0, -1, .max], bools: [true, false], doubles: [0, 1.5], strings: ["", "x"],
        dates: [Date(timeIntervalSince1970: 0), Date(timeIntervalSince1970: 253_402_300_799)], kinds: [.plain, .default],
        nodes: [Node(name: "a"), Node(name: "b")], lists: [[1], [], [2, 3]], gaps: [nil, 0, 7], maps: [["a": true], [:]],
        mapOfInts: ["a": 0, "": 255], mapOfDates: ["then": Date(timeIntervalSince1970: 1)], mapOfKinds: ["k": .fragile],
        mapOfNodes: ["n": Node(name: "n")], mapOfLists: ["l": ["x", ""], "e": []],
        generic: Of(item: [1, 2], items: [[3], []], other: "", perhaps: ["x", nil]),
        genericOfGeneric: Of(
            item: -5, items: [1], other: Of(item: nil, items: [nil], other: ["a": 1], perhaps: [nil, [:]]), perhaps: [nil]),
        URLOfHTTPServer: "u", default: 1, snake_case: 2, bytes: Data([0, 0xFF, 0x80]), address: URL(string: "https://example.com/?a=b"),
        differentTexts: ["b", "a"], anything: ["list": [nil, true, 1.5, "x", [], [:]]], change: .set([1, 2]), otherChange: .clear, odd: 2)

    /// With nothing where nothing may be.
    static let empty = Everything(
        int: 0, int8: 0, int16: 0, int32: 0, int64: 0, uint: 0, uint8: 0, uint16: 0, uint32: 0, uint64: 0, double: 0, float: 0, bool: false,
        string: "", uuid: UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)), decimal: 0, date: Date(timeIntervalSince1970: 0),
        kind: .plain, node: Node(name: ""), content: .nothing, ints: [], bools: [], doubles: [], strings: [], dates: [], kinds: [],
        nodes: [],
        lists: [], gaps: [], maps: [], mapOfInts: [:], mapOfDates: [:], mapOfKinds: [:], mapOfNodes: [:], mapOfLists: [:],
        generic: Of(item: [], items: [], perhaps: []), genericOfGeneric: Of(item: 0, items: [], perhaps: []), URLOfHTTPServer: "",
        default: 0,
        snake_case: 0, bytes: Data(), differentTexts: [], anything: nil, change: .keep)
}
