import FoundationEssentials
import Roost

/// The messages of "Protocol Buffers Encoding", with the bytes given there.
@Schema
struct Example: Equatable {
    @Schema
    struct Inner: Equatable { var a: Int32 }

    var a: Int32
    var b: String
    var c: Inner?
    @Field(4) var d: [String] = []
    @Field(6) var f: [Int32] = []
    @Field(7) var g: [String: Int32] = [:]
}

/// Every scalar there is.
@Schema
struct Scalars: Equatable {
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
}

/// What Protocol Buffers have no place for, and what they have.
@Schema
struct Boxes: Equatable {
    var lists: [[Int]]
    var maps: [String: [String: Bool]]
    var gaps: [Int?]
    var perhaps: [String]?
    var perhapsMap: [String: Date]?
    var dates: [Date]
    var words: [Order.Status]
    var choices: [String: Holder]
    var deep: [[[String: [Double?]]]]
}

/// Cases that hold lists.
@Schema
indirect enum Holder: Equatable {
    case list([Int])
    case map([String: Int])
    case maybe(Int?)
    @Field(9) case labelled(items: [String], more: [String: Int] = ["a": 1])
    case holder(Holder)
    case nothing
}

/// Values that count where a message leaves them out.
@Schema
struct Defaults: Equatable {
    var number = 5
    var text = "text"
    var flag = true
    var list: [String] = ["a"]
    var map: [String: Int] = ["a": 1]
    var perhaps: Int? = 7
    var inner: Example.Inner = .init(a: 3)
    var status: Order.Status = .paid
}

let scalarsAtTheirLeast = Scalars(
    int: .min, int8: .min, int16: .min, int32: .min, int64: .min, uint: .min, uint8: .min, uint16: .min, uint32: .min, uint64: .min,
    double: -.greatestFiniteMagnitude, float: -.greatestFiniteMagnitude, bool: false, string: "",
    uuid: UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)), decimal: Decimal(string: "-0.0000000001") ?? 0,
    date: Date(timeIntervalSince1970: -62_135_596_800))

let scalarsAtTheirMost = Scalars(
    int: .max, int8: .max, int16: .max, int32: .max, int64: .max, uint: .max, uint8: .max, uint16: .max, uint32: .max, uint64: .max,
    double: .leastNonzeroMagnitude, float: .leastNonzeroMagnitude, bool: true, string: "ünïcödé \u{1} 🐦",
    uuid: UUID(uuid: (255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255)),
    decimal: Decimal(string: "12345678901234567890123456789012345678") ?? 0, date: Date(timeIntervalSince1970: 253_402_300_799.5))

let boxes = Boxes(
    lists: [[1, -2], [], [3]], maps: ["x": ["yes": true, "no": false], "": [:]], gaps: [1, nil, 0], perhaps: [], perhapsMap: nil,
    dates: [Date(timeIntervalSince1970: -0.25)], words: [.paid, .pending, .default],
    choices: ["a": .list([]), "b": .map(["m": 0]), "c": .maybe(nil), "d": .holder(.maybe(0)), "e": .nothing],
    deep: [[["x": [0.5, nil]], [:]], []])

@Schema
struct Basket: Equatable {
    @Check(.count(2...4)) var lines: [Payment]
    var small: [Int8]
}

@Schema
struct Parent: Equatable {
    @Schema
    struct Child: Equatable { var status: Order.Status }

    var status: Order.Status
    var child: Child
}
