import Testing

struct SchemaDiagnosticsTests {
    @Test func aClassIsNoSchema() {
        let message = "@Schema goes on a struct or an enum: a value that travels is a copy, not a reference"
        expectDiagnostics("@Schema\nfinal class Order {}", ["2:7 \(message)"])
        expectDiagnostics("@Schema\nactor Order {}", ["2:1 \(message)"])
    }

    @Test func fieldsThatCannotBe() {
        expectDiagnostics(
            """
            @Schema
            struct Order {
                let version = 1
                var total = price()
                @Wrapped var name: String
                var (a, b) = (1, 2)
            }
            """,
            [
                "3:17 `version` can never have another value: make it `var`, or `static let` if it is no field",
                "4:9 write the type of `total`: a macro can't see what is inferred",
                "5:5 a schema's field takes no property wrapper: make `@Wrapped` a property beside it",
                "6:9 write one property for each field of a schema",
            ])
    }

    @Test(arguments: [
        ("() -> Void", "12 a closure is no schema: name a struct or an enum marked @Schema"),
        ("@Sendable () -> Void", "12 a closure is no schema: name a struct or an enum marked @Schema"),
        ("(Int, Int)", "12 a tuple is no schema: make it a struct marked @Schema"),
        ("Any", "12 Any is no schema: name the type, or make a @Schema enum of the types it may be"),
        ("AnyObject?", "12 AnyObject is no schema: name a struct or an enum marked @Schema"),
        ("Dictionary<Int, String>", "23 a dictionary's keys must be String: JSON has no others"),
        ("Int??", "12 `Int??` has two kinds of nothing, and JSON has one: write a single ?"),
        ("Optional<Int?>", "12 `Optional<Int?>` has two kinds of nothing, and JSON has one: write a single ?"),
        ("[Int??]", "13 `Int??` has two kinds of nothing, and JSON has one: write a single ?"),
        ("[Int: String]", "13 a dictionary's keys must be String: JSON has no others"),
        ("any Codable", "12 `any Codable` is no schema: name a struct or an enum marked @Schema"),
        ("Int!", "12 `Int!` is no schema: write ? in place of !"),
    ])
    func typesThatAreNone(type: String, finding: String) {
        expectDiagnostics("@Schema\nstruct Order {\n    var a: \(type)\n}", ["3:\(finding)"])
    }

    @Test(arguments: [
        (".length(1...2)", "Int", "`length` doesn't fit Int: a number takes range and multiple"),
        (".range(1...)", "String?", "`range` doesn't fit String?: a string takes length, format and pattern"),
        (".count(1...)", "String", "`count` doesn't fit String: a string takes length, format and pattern"),
        (".format(.email)", "[String]", "`format` doesn't fit [String]: an array or a dictionary takes count"),
        (".range(0...1)", "Bool", "`range` doesn't fit Bool: it takes none"),
        (".unique", "String", "`unique` doesn't fit String: it is for the items of an array"),
        (".multiple(of: 2)", "String", "`multiple` doesn't fit String: a string takes length, format and pattern"),
        (".pattern(\"a\")", "Int", "`pattern` doesn't fit Int: a number takes range and multiple"),
        (".length(1...2)", "Change<Int>", "`length` doesn't fit Change<Int>: a number takes range and multiple"),
        (".length(1...2)", "Data", "`length` doesn't fit Data: bytes take count"),
        ("short", "String", "write the rule here, as in @Check(.length(1...200)): a macro can't see what a name stands for"),
    ])
    func checksThatDoNotFit(check: String, type: String, message: String) {
        expectDiagnostics("@Schema\nstruct Order {\n    @Check(\(check)) var a: \(type)\n}", ["3:12 \(message)"])
    }

    @Test func namesThatAreNoKeys() {
        let message = "would be a key in JSON: leave out the quote"
        expectDiagnostics("@Schema\nstruct A {\n    var `a\"b`: Int\n}", ["3:9 the name `a\"b` \(message)"])
        expectDiagnostics(
            "@Schema\nenum A {\n    case `a\"b`(Int)\n    case c(`\"`: Int)\n}",
            ["3:10 the name `a\"b` \(message)", "4:12 the name `\"` \(message)"])
    }

    @Test func aHalfOpenRangeOfFractions() {
        expectDiagnostics(
            "@Schema\nstruct Order {\n    @Check(.range(0..<1)) var a: Double\n}",
            ["3:19 a range of fractions includes its upper bound: write it with ..."])
    }

    @Test func moreFieldsThanFit() {
        let fields = (0...128).map { "    var a\($0): Int\n" }.joined()
        expectDiagnostics(
            "@Schema\nstruct Order {\n\(fields)}", ["2:8 a schema has at most 128 fields: put some into a struct of their own"])
    }

    @Test func fieldsThatNobodySees() {
        let advice = "or keep what nobody is to see in another type"
        expectDiagnostics(
            "@Schema\nstruct Order {\n    private var a: Int\n    fileprivate let b: Int\n    private(set) var c: Int\n    private var d: Int { 1 }\n    private static let e = 1\n}",
            [
                "3:5 every stored property of a schema travels: leave out `private`, \(advice)",
                "4:5 every stored property of a schema travels: leave out `fileprivate`, \(advice)",
            ])
        expectDiagnostics(
            "@Schema\nstruct Order {\n    weak var a: Int?\n}", ["3:5 a value that travels is a copy: leave out `weak`"])
    }

    @Test func rulesOnWhatIsNoField() {
        let message = "is for a field, and this is none: it is computed, lazy or static"
        expectDiagnostics(
            "@Schema\nstruct Order {\n    @Check(.length(1...2)) var a: String { \"\" }\n    @Field(2) lazy var b = 1\n    @Field(3) static let c = 1\n}",
            ["3:5 @Check \(message)", "4:5 @Field \(message)", "5:5 @Field \(message)"])
    }

    @Test func codingKeys() {
        let message = "@Schema reads no CodingKeys: write"
        expectDiagnostics(
            "@Schema\nstruct Order {\n    var createdAt: Date\n    var first: Int\n    enum CodingKeys: String, CodingKey {\n        case createdAt = \"created_at\", first = \"first-one\"\n    }\n}",
            [
                "6:14 \(message) @Field(\"created_at\") on `createdAt`", "6:40 \(message) @Field(\"first-one\") on `first`",
            ])
        expectDiagnostics(
            "@Schema(fields: .snakeCase)\nstruct Order {\n    var createdAt: Date\n    @Field(\"one\") var first: Int\n    enum CodingKeys: String, CodingKey {\n        case createdAt = \"created_at\", first = \"one\"\n    }\n}",
            [])
        expectDiagnostics("@Schema\nstruct Order {\n    var a: Int\n    enum CodingKeys: String, CodingKey { case a }\n}", [])
        expectDiagnostics(
            "@Schema\nstruct Order {\n    var a, secret: Int\n    enum CodingKeys: CodingKey { case a }\n}",
            ["4:10 @Schema reads no CodingKeys: `secret`, which they leave out, travels too, so keep it in another type"])
    }

    @Test func fieldsAndCasesInConditions() {
        let message = "a schema is the same in every build: take the field or the case out of #if"
        expectDiagnostics("@Schema\nstruct Order {\n    #if DEBUG\n    var a: Int\n    #endif\n}", ["3:5 \(message)"])
        expectDiagnostics("@Schema\nenum Status {\n    case b\n    #if DEBUG\n    case a\n    #endif\n}", ["4:5 \(message)"])
        expectDiagnostics("@Schema\nstruct Order {\n    #if DEBUG\n    var a: Int { 1 }\n    func b() {}\n    #endif\n}", [])
    }

    @Test func genericParameters() {
        let message = "what a schema holds is a schema: write"
        expectDiagnostics("@Schema\nstruct Page<Item> {\n    var items: [Item]\n}", ["2:13 \(message) `Item: Schema`"])
        expectDiagnostics(
            "@Schema\nstruct Page<Item: Codable & Sendable, Data: Schema> {\n    var data: Data\n}",
            ["2:13 \(message) `Item: Schema & Codable & Sendable`"])
        expectDiagnostics(
            "@Schema\nenum Either<Left: Schema, Right> { case left(Left), right(Right) }", ["2:27 \(message) `Right: Schema`"])
        expectDiagnostics("@Schema\nstruct Page<Item> where Item: Thing {\n    var items: [Item]\n}", [])
        expectDiagnostics("@Schema\nstruct Page<Item: Event, Data: RoostSchema.Schema> {\n    var data: [Data]\n}", [])
        expectDiagnostics(
            "@Schema\nstruct Row<each Cell: Schema> {}",
            ["2:12 a schema's generic parameter is one type that is a schema: leave out `each`"])
    }

    @Test func namesThatTheExpansionNeeds() {
        let message = "is what @Schema itself makes: write"
        expectDiagnostics(
            "@Schema\nenum Kind {\n    case schema, decode, encode\n}",
            ["3:10 `schema` \(message) `case schemaCase`, with = \"schema\" where it is a word"])
        expectDiagnostics(
            "@Schema\nenum Kind {\n    case protobufKind(Int)\n}",
            ["3:10 `protobufKind` \(message) `case protobufKindCase`, with = \"protobufKind\" where it is a word"])
    }

    @Test func typesThatAreNotCopied() {
        expectDiagnostics("@Schema\nstruct A: ~Copyable {}", ["2:11 a value that travels is a copy: leave out `~Copyable`"])
        expectDiagnostics(
            "@MainActor @Schema\nstruct A {}", ["1:1 a value that travels is a copy, of any task: leave out @MainActor"])
    }

    @Test func casesOfOneName() {
        expectDiagnostics(
            "@Schema\nenum Change {\n    case price(from: Int), stock(Int)\n    case price(to: Int)\n}",
            ["4:10 another case is named `price`, and the name is the key: give this one a name of its own"])
    }

    @Test func rulesOnRawValues() {
        expectDiagnostics(
            "@Schema\nstruct SKU: RawRepresentable {\n    @Check(.length(1...9)) let rawValue: String\n}",
            ["3:5 a raw value is checked where it is taken: write `init?(rawValue:)`, which returns nil for what is wrong"])
    }

    @Test func enumsThatCannotBe() {
        expectDiagnostics(
            "@Schema\nenum Level: Int { case low, high }", ["2:13 a schema's enum is a string: write `: String` in place of `: Int`"])
        expectDiagnostics("@Schema\nenum Never {}", ["2:6 an enum without cases has no values"])
        expectDiagnostics(
            "@Schema\nenum Payment {\n    case card(Int, Int)\n    case other(Any)\n}",
            [
                "3:15 label each value of the case: the labels are the keys", "3:20 label each value of the case: the labels are the keys",
                "4:16 Any is no schema: name the type, or make a @Schema enum of the types it may be",
            ])
    }

    @Test(arguments: ["0", "-1", "536_870_912", "19000", "19_999", "number"])
    func numbersThatNoFieldMayHave(number: String) {
        let message = "a field's number is from 1 to 536870911, but for 19000 to 19999, which Protocol Buffers keep for themselves"
        expectDiagnostics("@Schema\nstruct Order {\n    @Field(\(number)) var a: Int\n}", ["3:5 \(message)"])
        expectDiagnostics("@Schema\nenum Status {\n    @Field(\(number)) case a\n}", ["3:5 \(message)"])
        expectDiagnostics("@Schema\nenum Payment {\n    @Field(\(number)) case a(Int)\n}", ["3:5 \(message)"])
    }

    @Test func aNumberThatStandsTwice() {
        let message = "has the number 2, as `b` does: give one of them another with @Field"
        expectDiagnostics(
            "@Schema\nstruct Order {\n    var a: Int\n    var b: Int\n    @Field(2) var c: Int\n}", ["5:19 `c` \(message)"])
        expectDiagnostics("@Schema\nenum Status {\n    case a, b\n    @Field(2) case c\n}", ["4:20 `c` \(message)"])
        expectDiagnostics("@Schema\nenum Payment {\n    case a(Int), b\n    @Field(2) case c\n}", ["4:20 `c` \(message)"])
    }
}
