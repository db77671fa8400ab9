import Testing

/// What the macros write, to the letter.
struct ModelExpansionTests {
    @Test func aModel() {
        expectExpansion(
            #"""
            @Model("products", indexes: [["category", "price"]], unique: [["sku", "category"]])
            public struct ProductRow {
                @Key public var id: UUID = .v7()
                @Unique @Check(.length(1...40)) public var sku: String
                @Indexed public var price: Money
                var stock = 0
                public var note: String?
                public var grade: Grade = .basic
                @References(CategoryRow.self, onDelete: .setNull) public var category: CategoryRow.ID?
                @JSON public var attributes: [String: String] = [:]
                @JSON @Renamed(from: "extent") public var size: Size?
                @Version public private(set) var version = 0
                public var label: String { "\(sku) \(note ?? "")" }
                static let limit = 1
            }
            """#,
            #"""
            public struct ProductRow {
                public var id: UUID = .v7()
                public var sku: String
                public var price: Money
                var stock = 0
                public var note: String?
                public var grade: Grade = .basic
                public var category: CategoryRow.ID?
                public var attributes: [String: String] = [:]
                public var size: Size?
                public private(set) var version = 0
                public var label: String { "\(sku) \(note ?? "")" }
                static let limit = 1

                public init(id: UUID = .v7(), sku: String, price: Money, stock: Int = 0, note: String? = nil, grade: Grade = .basic, category: CategoryRow.ID? = nil, attributes: [String: String] = [:], size: Size? = nil, version: Int = 0) {
                    self.id = id
                    self.sku = sku
                    self.price = price
                    self.stock = stock
                    self.note = note
                    self.grade = grade
                    self.category = category
                    self.attributes = attributes
                    self.size = size
                    self.version = version
                }

                public struct Columns: RoostData.ModelColumns {
                    public var id: RoostData.Expr<UUID>
                    public var sku: RoostData.Expr<String>
                    #sourceLocation(file: "test.swift", line: 5)
                    public var price: RoostData.Stored<Money>
                    #sourceLocation()
                    var stock: RoostData.Expr<Int>
                    public var note: RoostData.Expr<String?>
                    #sourceLocation(file: "test.swift", line: 8)
                    public var grade: RoostData.Stored<Grade>
                    #sourceLocation(file: "test.swift", line: 9)
                    public var category: RoostData.Stored<CategoryRow.ID?>
                    #sourceLocation(file: "test.swift", line: 10)
                    public var attributes: RoostData.JSONColumn<[String: String]>
                    #sourceLocation(file: "test.swift", line: 11)
                    public var size: RoostData.JSONColumn<Size>
                    #sourceLocation()
                    public var version: RoostData.Expr<Int>

                    public init(of source: RoostData.ColumnSource) {
                        self.id = RoostData.Expr(column: "id", of: source)
                        self.sku = RoostData.Expr(column: "sku", of: source)
                        self.price = RoostData.Table.expressions(Money.self, "price", of: source)
                        self.stock = RoostData.Expr(column: "stock", of: source)
                        self.note = RoostData.Expr(column: "note", of: source)
                        self.grade = RoostData.Table.expressions(Grade.self, "grade", of: source)
                        self.category = RoostData.Table.expressions(CategoryRow.ID?.self, "category", of: source)
                        self.attributes = RoostData.Table.json([String: String].self, "attributes", of: source)
                        self.size = RoostData.Table.json(Size.self, "size", of: source)
                        self.version = RoostData.Expr(column: "version", of: source)
                    }

                    public var nodes: [RoostData.SQLNode] {
                        var nodes: [RoostData.SQLNode] = []
                        nodes += self.id.nodes
                        nodes += self.sku.nodes
                        nodes += self.price.nodes
                        nodes += self.stock.nodes
                        nodes += self.note.nodes
                        nodes += self.grade.nodes
                        nodes += self.category.nodes
                        nodes += self.attributes.nodes
                        nodes += self.size.nodes
                        nodes += self.version.nodes
                        return nodes
                    }
                }

                public static let table: RoostData.Table = {
                    var columns: [[RoostData.TableColumn]] = []
                    columns.append(RoostData.Table.columns(UUID.self, "id").key())
                    columns.append(RoostData.Table.columns(String.self, "sku").unique().checked { $0.length(RoostSchema.Bounds(1...40)) })
                    #sourceLocation(file: "test.swift", line: 5)
                    columns.append(RoostData.Table.columns(Money.self, "price").indexed())
                    #sourceLocation()
                    columns.append(RoostData.Table.columns(Int.self, "stock").fallback(0 as Int))
                    columns.append(RoostData.Table.columns(String?.self, "note"))
                    #sourceLocation(file: "test.swift", line: 8)
                    columns.append(RoostData.Table.columns(Grade.self, "grade").fallback(.basic as Grade))
                    #sourceLocation(file: "test.swift", line: 9)
                    columns.append(RoostData.Table.columns(CategoryRow.ID?.self, "category").references(CategoryRow.self, onDelete: .setNull))
                    #sourceLocation(file: "test.swift", line: 10)
                    columns.append(RoostData.Table.json("attributes"))
                    #sourceLocation(file: "test.swift", line: 11)
                    columns.append(RoostData.Table.json("size", isNullable: true).renamed(from: "extent"))
                    #sourceLocation()
                    columns.append(RoostData.Table.columns(Int.self, "version").role(.version).fallback(0 as Int))
                    return RoostData.Table("products", columns, indexes: [RoostData.TableIndex(over: columns[6] + columns[2]), RoostData.TableIndex(over: columns[1] + columns[6], isUnique: true)])
                }()

                public static let columns: Columns = Columns(of: .first)

                public func bind(to bindings: inout [RoostData.SQLData]) {
                    bindings.append(self.id.sql)
                    bindings.append(self.sku.sql)
                    bindings.append(columns: self.price)
                    bindings.append(self.stock.sql)
                    bindings.append(self.note.sql)
                    bindings.append(columns: self.grade)
                    bindings.append(columns: self.category)
                    bindings.append(json: self.attributes)
                    bindings.append(optionalJSON: self.size)
                    bindings.append(self.version.sql)
                }

                public typealias ID = UUID

                public static func key(_ columns: Columns) -> RoostData.Expr<UUID> { columns.id }

                public var key: UUID { self.id }
            }

            extension ProductRow: RoostData.Model, RoostData.KeyedModel, @unchecked Swift.Sendable {
                public init(row: inout RoostData.RowReader) throws(RoostData.RowReader.Failure) {
                    self.id = try row.next()
                    self.sku = try row.next()
                    self.price = try row.value()
                    self.stock = try row.next()
                    self.note = try row.next()
                    self.grade = try row.value()
                    self.category = try row.value()
                    self.attributes = try row.json()
                    self.size = try row.optionalJSON()
                    self.version = try row.next()
                }
            }
            """#)
    }

    @Test func aModelWithoutAKeyOfOneProperty() {
        expectExpansion(
            #"""
            @Model("lines")
            struct LineRow: Sendable {
                @Key let order: UUID
                @Key let product: UUID
                @Column("count") var `default`: Int
                lazy var text = "a"
            }
            """#,
            #"""
            struct LineRow: Sendable {
                let order: UUID
                let product: UUID
                var `default`: Int
                lazy var text = "a"

                struct Columns: RoostData.ModelColumns {
                    var order: RoostData.Expr<UUID>
                    var product: RoostData.Expr<UUID>
                    var `default`: RoostData.Expr<Int>

                    init(of source: RoostData.ColumnSource) {
                        self.order = RoostData.Expr(column: "order", of: source)
                        self.product = RoostData.Expr(column: "product", of: source)
                        self.`default` = RoostData.Expr(column: "count", of: source)
                    }

                    var nodes: [RoostData.SQLNode] {
                        var nodes: [RoostData.SQLNode] = []
                        nodes += self.order.nodes
                        nodes += self.product.nodes
                        nodes += self.`default`.nodes
                        return nodes
                    }
                }

                static let table: RoostData.Table = {
                    var columns: [[RoostData.TableColumn]] = []
                    columns.append(RoostData.Table.columns(UUID.self, "order").key())
                    columns.append(RoostData.Table.columns(UUID.self, "product").key())
                    columns.append(RoostData.Table.columns(Int.self, "count"))
                    return RoostData.Table("lines", columns)
                }()

                static let columns: Columns = Columns(of: .first)

                func bind(to bindings: inout [RoostData.SQLData]) {
                    bindings.append(self.order.sql)
                    bindings.append(self.product.sql)
                    bindings.append(self.`default`.sql)
                }
            }

            extension LineRow: RoostData.Model, Swift.Sendable {
                init(row: inout RoostData.RowReader) throws(RoostData.RowReader.Failure) {
                    self.order = try row.next()
                    self.product = try row.next()
                    self.`default` = try row.next()
                }
            }
            """#)
    }

    @Test func aKeyThatTheEngineMakes() {
        let text = expansion(
            #"""
            @Model("notes")
            struct NoteRow {
                @Key(isGenerated: true) var key: Int = 0
                var row: Int
                var source: Int
                var bindings: Int
            }
            """#)
        #expect(text.contains(#"columns.append(RoostData.Table.columns(Int.self, "key").key(isGenerated: true))"#))
        #expect(text.contains("static func key(_ columns: Columns) -> RoostData.Expr<Int> { columns.key }"))
        #expect(!text.contains("var key: Int { self.key }"))
        for name in ["row", "source", "bindings"] {
            #expect(text.contains("self.\(name) = RoostData.Expr(column: \"\(name)\", of: source)"))
            #expect(text.contains("self.\(name) = try row.next()"))
            #expect(text.contains("bindings.append(self.\(name).sql)"))
        }
    }

    @Test func anIdentifierOfItsOwn() {
        let text = expansion("@Model(\"notes\")\nstruct NoteRow {\n    struct ID: SQLValue {}\n    @Key var id: ID\n}")
        #expect(text.contains("static func key(_ columns: Columns) -> RoostData.Expr<ID> { columns.id }"))
        #expect(!text.contains("typealias"))
    }

    @Test func aModelThatIsAlsoASchema() {
        let text = expansion("@Schema @Model(\"notes\")\npublic struct NoteRow {\n    @Key @Field(1) public var id: UUID\n}")
        #expect(text.contains("extension NoteRow: RoostData.Model, RoostData.KeyedModel {"))
        // The initializer comes from @Schema alone.
        #expect(text.ranges(of: "self.id = id").count == 1)
    }

    @Test func aColumnGroup() {
        expectExpansion(
            #"""
            @ColumnGroup
            package struct Price {
                package var amount: Int
                package var currency: Currency = .eur
                var value: Tax?
            }
            """#,
            #"""
            package struct Price {
                package var amount: Int
                package var currency: Currency = .eur
                var value: Tax?

                package init(amount: Int, currency: Currency = .eur, value: Tax? = nil) {
                    self.amount = amount
                    self.currency = currency
                    self.value = value
                }

                package struct StoredColumns: RoostData.ColumnExpressions {
                    package var amount: RoostData.Expr<Int>
                    #sourceLocation(file: "test.swift", line: 4)
                    package var currency: RoostData.Stored<Currency>
                    #sourceLocation(file: "test.swift", line: 5)
                    var value: RoostData.Stored<Tax?>
                    #sourceLocation()

                    package init(_ name: String, of source: RoostData.ColumnSource) {
                        self.amount = RoostData.Expr(column: name + "_amount", of: source)
                        self.currency = RoostData.Table.expressions(Currency.self, name + "_currency", of: source)
                        self.value = RoostData.Table.expressions(Tax?.self, name + "_value", of: source)
                    }

                    package var nodes: [RoostData.SQLNode] {
                        var nodes: [RoostData.SQLNode] = []
                        nodes += self.amount.nodes
                        nodes += self.currency.nodes
                        nodes += self.value.nodes
                        return nodes
                    }

                    package mutating func set(_ value: Price) {
                        self.amount.set(value.amount)
                        self.currency.set(value.currency)
                        self.value.set(value.value)
                    }
                }

                package static func storedColumns(_ name: String, of source: RoostData.ColumnSource) -> StoredColumns {
                    StoredColumns(name, of: source)
                }

                package static func tableColumns(_ name: String) -> [RoostData.TableColumn] {
                    var columns: [RoostData.TableColumn] = []
                    columns += RoostData.Table.columns(Int.self, name + "_amount")
                    #sourceLocation(file: "test.swift", line: 4)
                    columns += RoostData.Table.columns(Currency.self, name + "_currency").fallback(.eur as Currency)
                    #sourceLocation(file: "test.swift", line: 5)
                    columns += RoostData.Table.columns(Tax?.self, name + "_value")
                    #sourceLocation()
                    return columns
                }

                package func bind(to bindings: inout [RoostData.SQLData]) {
                    bindings.append(self.amount.sql)
                    bindings.append(columns: self.currency)
                    bindings.append(columns: self.value)
                }
            }

            extension Price: RoostData.Storable, @unchecked Swift.Sendable {
                package init(row: inout RoostData.RowReader) throws(RoostData.RowReader.Failure) {
                    self.amount = try row.next()
                    self.currency = try row.value()
                    self.value = try row.value()
                }
            }
            """#)
    }
}
