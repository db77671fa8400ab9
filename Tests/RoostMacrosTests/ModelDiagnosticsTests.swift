import Testing

/// What is wrong with a model, at the user's own line.
struct ModelDiagnosticsTests {
    /// The properties begin on line 3, in column 5.
    private func expect(_ properties: String, _ expected: [String], at location: Testing.SourceLocation = #_sourceLocation) {
        let body = properties.split(separator: "\n").map { "    \($0)\n" }.joined()
        expectDiagnostics("@Model(\"orders\")\nstruct OrderRow {\n\(body)}", expected, at: location)
    }

    @Test func whatIsNoStruct() {
        let message = "@Model can only be applied to a struct: a row is a plain value"
        expectDiagnostics("@Model(\"orders\")\nfinal class OrderRow {}", ["2:7 \(message)"])
        expectDiagnostics("@Model(\"orders\")\nactor OrderRow {}", ["2:1 \(message)"])
        expectDiagnostics("@Model(\"orders\")\nenum OrderRow { case a }", ["2:1 \(message)"])
        expectDiagnostics("@ColumnGroup\nenum Price { case a }", ["2:1 @ColumnGroup can only be applied to a struct"])
        expectDiagnostics("@Model(\"orders\")\nstruct OrderRow {}", ["2:8 a model needs at least one stored property"])
        expectDiagnostics("@ColumnGroup\nstruct Price {}", ["2:8 a column group needs at least one stored property"])
    }

    @Test(arguments: ["name", "\"\"", "\"a\\(b)\""])
    func aTableWhoseNameNobodySees(name: String) {
        expectDiagnostics(
            "@Model(\(name))\nstruct OrderRow { var a: Int }",
            ["1:1 write the name of the table here, in quotation marks: a macro can't see the value of a name"])
    }

    @Test func propertiesThatCannotBe() {
        expect(
            "let version = 1\nvar total = price()\n@Wrapped var name: String\nvar (a, b) = (1, 2)",
            [
                "3:17 `version` can never have another value: make it a `var`, or a `static let` if it is not stored",
                "4:9 write the type of `total`: a macro can't see inferred types",
                "5:5 a column can't have a property wrapper: move `@Wrapped` to another property",
                "6:9 write one property for each column",
            ])
        expect(
            "private var a: Int\nfileprivate let b: Int\nweak var c: Int?",
            [
                "3:5 every stored property of a model is a column that queries use: remove `private`",
                "4:5 every stored property of a model is a column that queries use: remove `fileprivate`",
                "5:5 a row is a plain value: remove `weak`",
            ])
    }

    @Test func propertiesThatAreNoColumns() {
        expect("var a: Int\nvar b: Int { 1 }\nstatic let c = 1\nlazy var d = 1\nprivate var e: Int { 1 }\nprivate static let f = 1", [])
        expect("private(set) var a: Int\nvar b = 1 { didSet {} }\nvar c, d: String\nlet e: Int", [])
        let message = "can only be applied to stored properties: this one is computed, lazy or static"
        expect(
            "var a: Int\n@Key var b: Int { 1 }\n@Unique static let c = 1\n@Indexed lazy var d = 1",
            ["4:5 @Key \(message)", "5:5 @Unique \(message)", "6:5 @Indexed \(message)"])
    }

    @Test(arguments: [
        ("[String: Int]", "a dictionary is stored as JSON: write @JSON"),
        ("Dictionary<String, Int>?", "a dictionary is stored as JSON: write @JSON"),
        ("[String]", "an array is stored as JSON: write @JSON"), ("Array<Line>?", "an array is stored as JSON: write @JSON"),
        ("(Int, Int)", "a tuple has no columns of its own: make it a struct marked @ColumnGroup"),
        ("Int!", "`Int!` can't be stored: write ? instead of !"),
        ("Int??", "`Int??` has two levels of optionality, but a column has one NULL: write a single ?"),
        ("Any", "`Any` can't be stored: use a type that a column holds, or with @JSON one marked @Schema"),
        ("() -> Void", "`() -> Void` can't be stored: use a type that a column holds, or with @JSON one marked @Schema"),
        ("any Codable", "`any Codable` can't be stored: use a type that a column holds, or with @JSON one marked @Schema"),
    ])
    func typesThatNoColumnHolds(type: String, message: String) {
        expect("var a: \(type)", ["3:12 \(message)"])
        expectDiagnostics("@ColumnGroup\nstruct Price {\n    var a: \(type)\n}", ["3:12 \(message)"])
    }

    @Test func typesThatColumnsHold() {
        expect("var a: [UInt8]\nvar b: Array<UInt8>?\nvar c: Order.ID?\nvar d: Swift.Optional<Int>\n@JSON var e: [String: [Line]]?", [])
        expect("@JSON var a: [Int: String]", ["3:19 the keys of a dictionary must be of type String, because JSON has no others"])
        expect("@Check(.length(1...2)) var a: Int", ["3:12 `length` doesn't apply to Int: a number takes range and multiple"])
    }

    @Test func keys() {
        expect("@Key var a: Int?", ["3:17 a key always has a value: remove the ?"])
        expect("@Key @JSON var a: Thing", ["3:20 a key can't be stored as JSON: remove @JSON"])
        expect(
            "@Key(isGenerated: true) var a: Int\n@Key var b: Int",
            ["3:33 the engine can only number a key of one property: remove isGenerated"])
        expect(
            "@Key(isGenerated: generated) var a: Int",
            ["3:23 write `true` or `false` here: a macro can't see the value of a name"])
        expect("@Key var a: Int\n@Key var b: String", [])
    }

    @Test func roles() {
        expect(
            "@Version var a: Int64\n@UpdatedAt var b: Date?\n@DeletedAt var c: Date",
            [
                "3:18 @Version must be on a property of the type Int", "4:20 @UpdatedAt must be on a property of the type Date",
                "5:20 @DeletedAt must be on a property of the type Date?",
            ])
        expect("@Version var a: Int\n@Version var b: Int", ["4:18 only one property can be marked @Version"])
    }

    @Test(arguments: ["columns", "table", "nodes", "`table`"])
    func namesThatTheExpansionNeeds(name: String) {
        let plain = name.filter { $0 != "`" }
        expect(
            "@Key var id: Int\nvar \(name): Int",
            ["4:9 `\(plain)` is generated: give the property another name, and the column this one with @Column"])
    }

    @Test func aPropertyNamedKey() {
        expect("@Key var key: Int", [])
        expect("@Key var a: Int\n@Key var key: Int", [])
        expect(
            "@Key var id: Int\nvar key: Int",
            ["4:9 `key` is generated: give the property another name, and the column this one with @Column"])
    }

    @Test func columnsOfOneName() {
        expect(
            "var createdAt: Date\n@Column(\"created_at\") var made: Date",
            ["4:31 another property is stored in the column `created_at`: give one of them another with @Column"])
        expect(
            "@Column(name) var a: Int\n@Renamed(from: old) var b: Int\n@Column(\"\") var c: Int",
            [
                "3:13 write the name here, in quotation marks: a macro can't see the value of a name",
                "4:20 write the name here, in quotation marks: a macro can't see the value of a name",
                "5:13 write the name here, in quotation marks: a macro can't see the value of a name",
            ])
    }

    @Test(arguments: [
        ("indexes: [[\"b\"]]", "1:29 write the name of a property here, in quotation marks"),
        ("unique: [[a]]", "1:28 write the name of a property here, in quotation marks"),
        ("indexes: [\"a\"]", "1:28 write a list of names of properties here, as in [\"category\", \"sku\"]"),
        ("indexes: [[]]", "1:28 write a list of names of properties here, as in [\"category\", \"sku\"]"),
        ("unique: all", "1:26 write the list here: a macro can't see the value of a name"),
    ])
    func indexes(argument: String, finding: String) {
        expectDiagnostics("@Model(\"orders\", \(argument))\nstruct OrderRow { var a: Int }", [finding])
    }

    @Test func whatIsNotTheSameForEveryBuildAndArgument() {
        expectDiagnostics(
            "@Model(\"orders\")\nstruct OrderRow {\n    #if DEBUG\n    var a: Int\n    #endif\n}",
            ["3:5 a table must have the same columns in every build: move the property out of #if"])
        expectDiagnostics(
            "@Model(\"orders\")\nstruct OrderRow<Item> {\n    var a: Int\n}",
            ["2:16 a table has the same columns for every type argument: remove the generic parameters of `OrderRow`"])
        expectDiagnostics(
            "@MainActor @Model(\"orders\")\nstruct OrderRow {\n    var a: Int\n}",
            ["1:1 values are sent as copies, from any task: remove @MainActor"])
    }

    @Test func whatIsWrongWithAGroup() {
        expectDiagnostics(
            "@ColumnGroup\nstruct Price {\n    @Unique var amount: Int\n    var nodes: Int\n    private var a: Int\n}",
            [
                "5:5 every stored property of a model is a column that queries use: remove `private`",
                "4:9 `nodes` is generated: give the property another name, and the column this one with @Column",
                "3:5 @Unique says something about a whole row: write it in the model",
            ])
    }
}
