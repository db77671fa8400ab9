import Testing

/// Wrong uses of the attributes for types of other programs' APIs.
struct ForeignAPIDiagnosticsTests {
    @Test(arguments: [
        ("(fields: .camelCase)", "1:17 write one of .asWritten, .snakeCase, .kebabCase, .pascalCase here: \(unseen)"),
        ("(fields: naming)", "1:17 write one of .asWritten, .snakeCase, .kebabCase, .pascalCase here: \(unseen)"),
        ("(omitsNil: isShort)", "1:19 write true or false here: \(unseen)"),
    ])
    func argumentsThatCannotBeSeen(arguments: String, finding: String) {
        expectDiagnostics("@Schema\(arguments)\nstruct A {\n    var a: Int?\n}", [finding])
    }

    private static let unseen = "a macro can't evaluate other expressions"

    @Test func argumentsForTypesWithoutFields() {
        expectDiagnostics(
            "@Schema(fields: .snakeCase, omitsNil: true)\nenum Status { case sentOut }",
            [
                "1:17 this type has no fields to name: write the text of each case, as in `case sentOut = \"sent-out\"`",
                "1:39 this type has no fields that can be nil: remove `omitsNil`",
            ])
        expectDiagnostics(
            "@Schema(fields: .snakeCase)\nstruct ID: RawRepresentable { let rawValue: Int }",
            ["1:17 this type has no fields to name: remove `fields`, because it is sent as its raw value"])
    }

    @Test func keysThatAreNone() {
        let message = "a key must be a string literal that is not empty and has no quotes, backslashes or control characters"
        expectDiagnostics(
            "@Schema\nstruct A {\n    @Field(\"\") var a: Int\n    @Field(\"a\\\"\") var b: Int\n    @Field(\"\\(a)\") var c: Int\n}",
            ["3:12 \(message)", "4:12 \(message)", "5:12 \(message)"])
        expectDiagnostics(
            "@Schema(fields: .snakeCase)\nstruct A {\n    var anID: Int\n    @Field(\"an_id\") var other: Int\n}",
            ["4:25 `other` has the key \"an_id\", as `anID` does: give one of them another with @Field"])
        expectDiagnostics(
            "@Schema\nenum A {\n    @Field(\"b\") case a\n}",
            ["3:5 the text of a case is its raw value: write it after the case, as in `case a = \"b\"`"])
    }

    @Test func unknownCases() {
        expectDiagnostics(
            "@Schema\nenum A {\n    @Unknown case a, b\n}", ["3:5 only one case can represent unknown values: mark only one"])
        expectDiagnostics(
            "@Schema\nenum A {\n    @Unknown case a\n    @Unknown case b\n}",
            ["4:5 only one case can represent unknown values: mark only one"])
        expectDiagnostics(
            "@Schema\nenum A {\n    case a(Int)\n    @Unknown case b(Int)\n}",
            ["4:5 the case for unknown values can't have associated values: remove those of `b`"])
    }

    @Test func changesThatMayBeNilTwice() {
        expectDiagnostics(
            "@Schema\nstruct A {\n    var a: Change<Int>?\n}", ["3:12 a `Change` can already be absent or null: remove the ?"])
    }

    @Test(arguments: [
        ("multiple(of: 0)", "26 the argument of `multiple` must be greater than 0"),
        ("multiple(of: -2)", "26 the argument of `multiple` must be greater than 0"),
    ])
    func multiplesOfNothing(rule: String, finding: String) {
        expectDiagnostics("@Schema\nstruct A {\n    @Check(.\(rule)) var a: Int\n}", ["3:\(finding)"])
    }

    @Test(arguments: [
        (#"pattern("(a")"#, "the pattern has a `(` without a `)`, at character 3"),
        (##"pattern(#"(a)\1"#)"##, #"the pattern has \1, which cannot be matched in bounded time, at character 6"#),
        (#"pattern("(?=a)")"#, "the pattern has a group that begins with (?: only (?: can be matched in bounded time, at character 3"),
        ("pattern(code)", "write the pattern here, as a plain string: a macro can't see the value of a name"),
    ])
    func patternsThatAreNone(rule: String, message: String) {
        expectDiagnostics("@Schema\nstruct A {\n    @Check(.\(rule)) var a: String\n}", ["3:21 \(message)"])
    }

    @Test func functionsThatDoNotCheck() {
        func message(_ name: String) -> String {
            "a function marked @Check must be `func \(name)(_ faults: inout FaultCollector)`: not static, generic, async or throwing"
        }
        expectDiagnostics(
            """
            @Schema
            struct A {
                var a: Int
                @Check func one() {}
                @Check func two(_ faults: inout FaultCollector) throws {}
                @Check static func three(_ faults: inout FaultCollector) {}
                @Check(.length(1...2)) func four(_ faults: inout FaultCollector) {}
            }
            """,
            [
                "4:17 \(message("one"))", "5:17 \(message("two"))", "6:24 \(message("three"))",
                "7:12 a function is a rule itself: remove the rules in this attribute",
            ])
        expectDiagnostics(
            "@Schema\nenum A {\n    case a(Int)\n    @Check func b(_ faults: inout FaultCollector) {}\n}",
            ["4:5 only a struct can be checked as a whole: move the values of the case to a struct, and check them there"])
    }
}
