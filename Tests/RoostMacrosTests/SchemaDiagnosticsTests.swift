import Testing

struct SchemaDiagnosticsTests {
    @Test func aClassIsNoSchema() {
        let message = "@Schema can only be applied to a struct or an enum, because values are sent as copies and not as references"
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
                "3:17 `version` can never have another value: make it a `var`, or a `static let` if it is not a field",
                "4:9 write the type of `total`: a macro can't see inferred types",
                "5:5 a field of a schema can't have a property wrapper: move `@Wrapped` to another property",
                "6:9 write one property for each field of a schema",
            ])
    }

    @Test(arguments: [
        ("() -> Void", "12 a closure is not a schema: use a struct or an enum marked with @Schema"),
        ("@Sendable () -> Void", "12 a closure is not a schema: use a struct or an enum marked with @Schema"),
        ("(Int, Int)", "12 a tuple is not a schema: make it a struct marked @Schema"),
        ("Any", "12 Any is not a schema: name the type, or make a @Schema enum of the types it may be"),
        ("AnyObject?", "12 AnyObject is not a schema: use a struct or an enum marked with @Schema"),
        ("Dictionary<Int, String>", "23 the keys of a dictionary must be of type String, because JSON has no others"),
        ("Int??", "12 `Int??` has two levels of optionality, but JSON has one null: write a single ?"),
        ("Optional<Int?>", "12 `Optional<Int?>` has two levels of optionality, but JSON has one null: write a single ?"),
        ("[Int??]", "13 `Int??` has two levels of optionality, but JSON has one null: write a single ?"),
        ("[Int: String]", "13 the keys of a dictionary must be of type String, because JSON has no others"),
        ("any Codable", "12 `any Codable` is not a schema: use a struct or an enum marked with @Schema"),
        ("Int!", "12 `Int!` is not a schema: write ? instead of !"),
    ])
    func typesThatAreNone(type: String, finding: String) {
        expectDiagnostics("@Schema\nstruct Order {\n    var a: \(type)\n}", ["3:\(finding)"])
    }

    @Test(arguments: [
        (".length(1...2)", "Int", "`length` doesn't apply to Int: a number takes range and multiple"),
        (".range(1...)", "String?", "`range` doesn't apply to String?: a string takes length, format and pattern"),
        (".count(1...)", "String", "`count` doesn't apply to String: a string takes length, format and pattern"),
        (".format(.email)", "[String]", "`format` doesn't apply to [String]: an array or a dictionary takes count"),
        (".range(0...1)", "Bool", "`range` doesn't apply to Bool: it has no rules"),
        (".unique", "String", "`unique` doesn't apply to String: it is for the items of an array"),
        (".multiple(of: 2)", "String", "`multiple` doesn't apply to String: a string takes length, format and pattern"),
        (".pattern(\"a\")", "Int", "`pattern` doesn't apply to Int: a number takes range and multiple"),
        (".length(1...2)", "Change<Int>", "`length` doesn't apply to Change<Int>: a number takes range and multiple"),
        (".length(1...2)", "Data", "`length` doesn't apply to Data: bytes take count"),
        ("short", "String", "write the rule here, as in @Check(.length(1...200)): a macro can't see the value of a name"),
    ])
    func checksThatDoNotFit(check: String, type: String, message: String) {
        expectDiagnostics("@Schema\nstruct Order {\n    @Check(\(check)) var a: \(type)\n}", ["3:12 \(message)"])
    }

    @Test func namesThatAreNoKeys() {
        let message = "would be a key in JSON: remove the quote"
        expectDiagnostics("@Schema\nstruct A {\n    var `a\"b`: Int\n}", ["3:9 the name `a\"b` \(message)"])
        expectDiagnostics(
            "@Schema\nenum A {\n    case `a\"b`(Int)\n    case c(`\"`: Int)\n}",
            ["3:10 the name `a\"b` \(message)", "4:12 the name `\"` \(message)"])
    }

    @Test func aHalfOpenRangeOfFractions() {
        expectDiagnostics(
            "@Schema\nstruct Order {\n    @Check(.range(0..<1)) var a: Double\n}",
            ["3:19 a range of floating-point numbers must include its upper bound: write it with ..."])
    }

    @Test func moreFieldsThanFit() {
        let fields = (0...128).map { "    var a\($0): Int\n" }.joined()
        expectDiagnostics(
            "@Schema\nstruct Order {\n\(fields)}", ["2:8 a schema can have at most 128 fields: move some of them to another struct"])
    }

    @Test func fieldsThatNobodySees() {
        let advice = "or move private values to another type"
        expectDiagnostics(
            "@Schema\nstruct Order {\n    private var a: Int\n    fileprivate let b: Int\n    private(set) var c: Int\n    private var d: Int { 1 }\n    private static let e = 1\n}",
            [
                "3:5 every stored property of a schema is sent: remove `private`, \(advice)",
                "4:5 every stored property of a schema is sent: remove `fileprivate`, \(advice)",
            ])
        expectDiagnostics(
            "@Schema\nstruct Order {\n    weak var a: Int?\n}", ["3:5 values are sent as copies: remove `weak`"])
    }

    @Test func rulesOnWhatIsNoField() {
        let message = "can only be applied to stored properties: this one is computed, lazy or static"
        expectDiagnostics(
            "@Schema\nstruct Order {\n    @Check(.length(1...2)) var a: String { \"\" }\n    @Field(2) lazy var b = 1\n    @Field(3) static let c = 1\n}",
            ["3:5 @Check \(message)", "4:5 @Field \(message)", "5:5 @Field \(message)"])
    }

    @Test func codingKeys() {
        let message = "@Schema ignores CodingKeys: write"
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
            ["4:10 @Schema ignores CodingKeys: `secret`, which they leave out, is sent too, so move it to another type"])
    }

    @Test func fieldsAndCasesInConditions() {
        let message = "a schema must be the same in every build: move the field or the case out of #if"
        expectDiagnostics("@Schema\nstruct Order {\n    #if DEBUG\n    var a: Int\n    #endif\n}", ["3:5 \(message)"])
        expectDiagnostics("@Schema\nenum Status {\n    case b\n    #if DEBUG\n    case a\n    #endif\n}", ["4:5 \(message)"])
        expectDiagnostics("@Schema\nstruct Order {\n    #if DEBUG\n    var a: Int { 1 }\n    func b() {}\n    #endif\n}", [])
    }

    @Test func genericParameters() {
        let message = "a schema's type arguments must be schemas: write"
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
            ["2:12 a generic parameter of a schema must be a single type: remove `each`"])
    }

    @Test func namesThatTheExpansionNeeds() {
        let message = "is generated by @Schema: write"
        expectDiagnostics(
            "@Schema\nenum Kind {\n    case schema, decode, encode\n}",
            ["3:10 `schema` \(message) `case schemaCase`, with = \"schema\" if it is sent as a text"])
        expectDiagnostics(
            "@Schema\nenum Kind {\n    case protobufKind(Int)\n}",
            ["3:10 `protobufKind` \(message) `case protobufKindCase`, with = \"protobufKind\" if it is sent as a text"])
    }

    @Test func typesThatAreNotCopied() {
        expectDiagnostics("@Schema\nstruct A: ~Copyable {}", ["2:11 values are sent as copies: remove `~Copyable`"])
        expectDiagnostics(
            "@MainActor @Schema\nstruct A {}", ["1:1 values are sent as copies, from any task: remove @MainActor"])
    }

    @Test func casesOfOneName() {
        expectDiagnostics(
            "@Schema\nenum Change {\n    case price(from: Int), stock(Int)\n    case price(to: Int)\n}",
            ["4:10 another case is named `price`, and the name is the key: rename one of them"])
    }

    @Test func rulesOnRawValues() {
        expectDiagnostics(
            "@Schema\nstruct SKU: RawRepresentable {\n    @Check(.length(1...9)) let rawValue: String\n}",
            ["3:5 a raw value is checked by its initializer: write an `init?(rawValue:)` that returns nil for invalid values"])
    }

    @Test func enumsThatCannotBe() {
        expectDiagnostics(
            "@Schema\nenum Level: Int { case low, high }",
            ["2:13 an enum without associated values is sent as a string: write `: String` instead of `: Int`"])
        expectDiagnostics("@Schema\nenum Never {}", ["2:6 an enum without cases has no values"])
        expectDiagnostics(
            "@Schema\nenum Payment {\n    case card(Int, Int)\n    case other(Any)\n}",
            [
                "3:15 label each value of the case: the labels are the keys", "3:20 label each value of the case: the labels are the keys",
                "4:16 Any is not a schema: name the type, or make a @Schema enum of the types it may be",
            ])
    }

    @Test(arguments: ["0", "-1", "536_870_912", "19000", "19_999", "number"])
    func numbersThatNoFieldMayHave(number: String) {
        let message = "a field's number must be from 1 to 536870911, except 19000 to 19999, which Protocol Buffers reserve"
        expectDiagnostics("@Schema\nstruct Order {\n    @Field(\(number)) var a: Int\n}", ["3:5 \(message)"])
        expectDiagnostics("@Schema\nenum Status {\n    @Field(\(number)) case a\n}", ["3:5 \(message)"])
        expectDiagnostics("@Schema\nenum Payment {\n    @Field(\(number)) case a(Int)\n}", ["3:5 \(message)"])
    }

    @Test func aNumberThatStandsTwice() {
        let message = "has the number 2, like `b`: give one of them another number with @Field"
        expectDiagnostics(
            "@Schema\nstruct Order {\n    var a: Int\n    var b: Int\n    @Field(2) var c: Int\n}", ["5:19 `c` \(message)"])
        expectDiagnostics("@Schema\nenum Status {\n    case a, b\n    @Field(2) case c\n}", ["4:20 `c` \(message)"])
        expectDiagnostics("@Schema\nenum Payment {\n    case a(Int), b\n    @Field(2) case c\n}", ["4:20 `c` \(message)"])
    }
}
