import Testing

/// Wrong uses of what types of other programs' APIs are written with.
struct ForeignAPIDiagnosticsTests {
    @Test(arguments: [
        ("(fields: .camelCase)", "1:17 write one of .asWritten, .snakeCase, .kebabCase, .pascalCase here: \(unseen)"),
        ("(fields: naming)", "1:17 write one of .asWritten, .snakeCase, .kebabCase, .pascalCase here: \(unseen)"),
        ("(omitsNil: isShort)", "1:19 write true or false here: \(unseen)"),
    ])
    func argumentsThatCannotBeSeen(arguments: String, finding: String) {
        expectDiagnostics("@Schema\(arguments)\nstruct A {\n    var a: Int?\n}", [finding])
    }

    private static let unseen = "a macro can't see what another expression stands for"

    @Test func argumentsForTypesWithoutFields() {
        expectDiagnostics(
            "@Schema(fields: .snakeCase, omitsNil: true)\nenum Status { case sentOut }",
            [
                "1:17 this type has no fields to name: write the word of each case, as in `case sentOut = \"sent-out\"`",
                "1:39 this type has no fields that may be nil: leave out `omitsNil`",
            ])
        expectDiagnostics(
            "@Schema(fields: .snakeCase)\nstruct ID: RawRepresentable { let rawValue: Int }",
            ["1:17 this type has no fields to name: leave out `fields`, as it travels as its raw value"])
    }

    @Test func keysThatAreNone() {
        let message = "a key is a plain text without quotes, backslashes and control characters, and not empty"
        expectDiagnostics(
            "@Schema\nstruct A {\n    @Field(\"\") var a: Int\n    @Field(\"a\\\"\") var b: Int\n    @Field(\"\\(a)\") var c: Int\n}",
            ["3:12 \(message)", "4:12 \(message)", "5:12 \(message)"])
        expectDiagnostics(
            "@Schema(fields: .snakeCase)\nstruct A {\n    var anID: Int\n    @Field(\"an_id\") var other: Int\n}",
            ["4:25 `other` has the key \"an_id\", as `anID` does: give one of them another with @Field"])
        expectDiagnostics(
            "@Schema\nenum A {\n    @Field(\"b\") case a\n}",
            ["3:5 a word is the case's raw value: write it behind the case, as in `case a = \"b\"`"])
    }

    @Test func unknownCases() {
        expectDiagnostics(
            "@Schema\nenum A {\n    @Unknown case a, b\n}", ["3:5 one case alone stands for those that are not known: mark one"])
        expectDiagnostics(
            "@Schema\nenum A {\n    @Unknown case a\n    @Unknown case b\n}",
            ["4:5 one case alone stands for those that are not known: mark one"])
        expectDiagnostics(
            "@Schema\nenum A {\n    case a(Int)\n    @Unknown case b(Int)\n}",
            ["4:5 what is not known has no payload: leave out the values of `b`"])
    }

    @Test func changesThatMayBeNilTwice() {
        expectDiagnostics(
            "@Schema\nstruct A {\n    var a: Change<Int>?\n}", ["3:12 a `Change` may be left out and be null already: leave out the ?"])
    }

    @Test(arguments: [
        ("multiple(of: 0)", "26 a number is a multiple of one that is greater than 0"),
        ("multiple(of: -2)", "26 a number is a multiple of one that is greater than 0"),
    ])
    func multiplesOfNothing(rule: String, finding: String) {
        expectDiagnostics("@Schema\nstruct A {\n    @Check(.\(rule)) var a: Int\n}", ["3:\(finding)"])
    }

    @Test(arguments: [
        (#"pattern("(a")"#, "the pattern has a `(` without a `)`, at character 3"),
        (##"pattern(#"(a)\1"#)"##, #"the pattern has \1, which stands for nothing that bounded time allows, at character 6"#),
        (#"pattern("(?=a)")"#, "the pattern has a group that begins with (?, of which bounded time allows (?: alone, at character 3"),
        ("pattern(code)", "write the pattern here, as a plain string: a macro can't see what a name stands for"),
    ])
    func patternsThatAreNone(rule: String, message: String) {
        expectDiagnostics("@Schema\nstruct A {\n    @Check(.\(rule)) var a: String\n}", ["3:21 \(message)"])
    }

    @Test func functionsThatDoNotCheck() {
        func message(_ name: String) -> String {
            "a function that checks is `func \(name)(_ faults: inout FaultCollector)`: not static, generic, async or throwing"
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
                "7:12 the function itself is the rule: leave out the ones here",
            ])
        expectDiagnostics(
            "@Schema\nenum A {\n    case a(Int)\n    @Check func b(_ faults: inout FaultCollector) {}\n}",
            ["4:5 a struct is checked as a whole: make what the cases hold a struct, and check it there"])
    }
}
