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
        ("[Set<Int>]", "13 Set is no schema: use an array"),
        ("[String: Data]", "21 Data is no schema: use a String, in base 64"),
        ("URL", "12 URL is no schema: use a String with @Check(.format(.uri))"),
        ("Page<Character>", "17 Character is no schema: use a String with @Check(.length(1...1))"),
        ("[Int: String]", "13 a dictionary's keys must be String: JSON has no others"),
        ("any Codable", "12 `any Codable` is no schema: name a struct or an enum marked @Schema"),
        ("Int!", "12 `Int!` is no schema: write ? in place of !"),
    ])
    func typesThatAreNone(type: String, finding: String) {
        expectDiagnostics("@Schema\nstruct Order {\n    var a: \(type)\n}", ["3:\(finding)"])
    }

    @Test(arguments: [
        (".length(1...2)", "Int", "`length` doesn't fit Int: a number takes range"),
        (".range(1...)", "String?", "`range` doesn't fit String?: a string takes length and format"),
        (".count(1...)", "String", "`count` doesn't fit String: a string takes length and format"),
        (".format(.email)", "[String]", "`format` doesn't fit [String]: an array or a dictionary takes count"),
        (".range(0...1)", "Bool", "`range` doesn't fit Bool: it takes none"),
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
