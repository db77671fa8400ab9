import Testing

/// What the macro writes, to the letter.
struct SchemaStructExpansionTests {
    @Test func aStruct() {
        expectExpansion(
            #"""
            /// What a customer asks for.
            @Schema
            public struct NewOrder {
                /// Where the receipt goes.
                @Check(.format(.email)) public var email: String
                @Check(.count(1...100)) public var lines: [Line]
                @Check(.length(...500)) public var note: String?
                public var gift = false
                @Check(.range(1..<10)) var key: Int? = 5
                static let limit = 1
                var total: Int { lines.count }
            }
            """#,
            #"""
            /// What a customer asks for.
            public struct NewOrder {
                /// Where the receipt goes.
                public var email: String
                public var lines: [Line]
                public var note: String?
                public var gift = false
                var key: Int? = 5
                static let limit = 1
                var total: Int { lines.count }

                public init(email: String, lines: [Line], note: String? = nil, gift: Bool = false, key: Int? = 5) {
                    self.email = email
                    self.lines = lines
                    self.note = note
                    self.gift = gift
                    self.key = key
                }

                public static var schema: RoostSchema.JSONSchema {
                    .object("NewOrder", description: "What a customer asks for.") {
                        RoostSchema.JSONSchema.Field("email", .of(String.self).format(.email), description: "Where the receipt goes.")
                        #sourceLocation(file: "test.swift", line: 6)
                        RoostSchema.JSONSchema.Field("lines", .of([Line].self).count(RoostSchema.Bounds(1...100)))
                        #sourceLocation()
                        RoostSchema.JSONSchema.Field("note", .of(String?.self).length(RoostSchema.Bounds(...500)), isRequired: false)
                        RoostSchema.JSONSchema.Field("gift", .of(Bool.self), isRequired: false)
                        RoostSchema.JSONSchema.Field("key", .of(Int?.self).range(RoostSchema.Bounds(1..<10)), isRequired: false)
                    }
                }

                public static func decode(from json: inout RoostSchema.JSONReader) throws(RoostSchema.DecodingFailure) -> NewOrder? {
                    guard let start = try json.beginObject() else { return nil }
                    var seen = RoostSchema.JSONFields()
                    var email: String?
                    var lines: [Line]?
                    var note: String?? = .some(nil)
                    var gift: Bool? = false
                    var keyValue: Int?? = 5
                    while let key = try json.peekKey() {
                        switch key {
                        case "email":
                            let offset = try json.field(0, "email", &seen)
                            email = try String.decode(from: &json)
                            json.check(format: .email, of: email, at: offset)
                        case "lines":
                            let offset = try json.field(1, "lines", &seen)
                            lines = try json.read([Line].self)
                            json.check(count: RoostSchema.Bounds(1...100), of: lines, at: offset)
                        case "note":
                            let offset = try json.field(2, "note", &seen)
                            note = try String?.decode(from: &json)
                            json.check(length: RoostSchema.Bounds(...500), of: note ?? nil, at: offset)
                        case "gift":
                            try json.field(3, "gift", &seen)
                            gift = try Bool.decode(from: &json)
                        case "key":
                            let offset = try json.field(4, "key", &seen)
                            keyValue = try Int?.decode(from: &json)
                            json.check(range: RoostSchema.Bounds(1..<10), of: keyValue ?? nil, at: offset)
                        default: try json.skipField()
                        }
                    }
                    json.require(0, "email", of: start, seen)
                    json.require(1, "lines", of: start, seen)
                    guard let email, let lines, let note, let gift, let keyValue else { return nil }
                    return NewOrder(email: email, lines: lines, note: note, gift: gift, key: keyValue)
                }

                public func encode(to json: inout RoostSchema.JSONWriter) {
                    json.literal(#"{"email":"#)
                    email.encode(to: &json)
                    json.literal(#","lines":"#)
                    json.write(lines)
                    json.literal(#","note":"#)
                    note.encode(to: &json)
                    json.literal(#","gift":"#)
                    gift.encode(to: &json)
                    json.literal(#","key":"#)
                    self.key.encode(to: &json)
                    json.literal("}")
                }

                public static func decode(from message: inout RoostSchema.ProtobufReader) throws(RoostSchema.DecodingFailure) -> NewOrder? {
                    var email: String?
                    var lines: [Line]?
                    var note: String?? = .some(nil)
                    var gift: Bool?
                    var keyValue: Int?? = .some(nil)
                    while let field = try message.nextField() {
                        switch field {
                        case 1: try message.read(&email, "email")
                        case 2: try message.read(&lines, "lines")
                        case 3: try message.read(&note, "note")
                        case 4: try message.read(&gift, "gift")
                        case 5: try message.read(&keyValue, "key")
                        default: try message.skip()
                        }
                    }
                    message.settle(&email, "email")
                    message.settle(&lines, "lines")
                    message.settle(&gift, else: false)
                    message.check(format: .email, of: email, at: "email")
                    message.check(count: RoostSchema.Bounds(1...100), of: lines, at: "lines")
                    message.check(length: RoostSchema.Bounds(...500), of: note ?? nil, at: "note")
                    message.check(range: RoostSchema.Bounds(1..<10), of: keyValue ?? nil, at: "key")
                    guard let email, let lines, let note, let gift, let keyValue else { return nil }
                    return NewOrder(email: email, lines: lines, note: note, gift: gift, key: keyValue)
                }

                public func encode(to message: inout RoostSchema.ProtobufWriter) {
                    message.field(1, email)
                    message.field(2, lines)
                    message.field(3, note)
                    message.present(4, gift)
                    message.field(5, self.key)
                }

                public func check(_ faults: inout RoostSchema.FaultCollector) {
                    faults.check(email, "email")
                    faults.check(format: .email, of: email, at: "email")
                    faults.check(lines, "lines")
                    faults.check(count: RoostSchema.Bounds(1...100), of: lines, at: "lines")
                    faults.check(note, "note")
                    faults.check(length: RoostSchema.Bounds(...500), of: note, at: "note")
                    faults.check(range: RoostSchema.Bounds(1..<10), of: self.key, at: "key")
                }
            }

            extension NewOrder: RoostSchema.Schema, @unchecked Swift.Sendable {}
            """#)
    }

    @Test func aStructWithoutFields() {
        expectExpansion(
            #"""
            @Schema
            struct Nothing {}
            """#,
            #"""

            struct Nothing {

                static var schema: RoostSchema.JSONSchema {
                    .object("Nothing") {}
                }

                static func decode(from json: inout RoostSchema.JSONReader) throws(RoostSchema.DecodingFailure) -> Nothing? {
                    guard try json.beginObject() != nil else { return nil }
                    while try json.nextKey() != nil { try json.skipValue() }
                    return Nothing()
                }

                func encode(to json: inout RoostSchema.JSONWriter) {
                    json.literal("{}")
                }

                static func decode(from message: inout RoostSchema.ProtobufReader) throws(RoostSchema.DecodingFailure) -> Nothing? {
                    while try message.nextField() != nil { try message.skip() }
                    return Nothing()
                }

                func encode(to message: inout RoostSchema.ProtobufWriter) {
                }
            }

            extension Nothing: RoostSchema.Schema, @unchecked Swift.Sendable {}
            """#)
    }

    @Test func aNestedGenericStruct() {
        expectExpansion(
            #"""
            enum Outer {
                @Schema
                struct Page<Item: Schema> {
                    var items: [Item]
                    var `default`: String?
                }
            }
            """#,
            #"""
            enum Outer {
                struct Page<Item: Schema> {
                    var items: [Item]
                    var `default`: String?

                    static var schema: RoostSchema.JSONSchema {
                        .object("OuterPageOf" + Item.schema.name) {
                            #sourceLocation(file: "test.swift", line: 4)
                            RoostSchema.JSONSchema.Field("items", .of([Item].self))
                            #sourceLocation()
                            RoostSchema.JSONSchema.Field("default", .of(String?.self), isRequired: false)
                        }
                    }

                    static func decode(from json: inout RoostSchema.JSONReader) throws(RoostSchema.DecodingFailure) -> Page? {
                        guard let start = try json.beginObject() else { return nil }
                        var seen = RoostSchema.JSONFields()
                        var items: [Item]?
                        var `default`: String?? = .some(nil)
                        while let key = try json.peekKey() {
                            switch key {
                            case "items":
                                try json.field(0, "items", &seen)
                                items = try json.read([Item].self)
                            case "default":
                                try json.field(1, "default", &seen)
                                `default` = try String?.decode(from: &json)
                            default: try json.skipField()
                            }
                        }
                        json.require(0, "items", of: start, seen)
                        guard let items, let `default` else { return nil }
                        return Page(items: items, default: `default`)
                    }

                    func encode(to json: inout RoostSchema.JSONWriter) {
                        json.literal(#"{"items":"#)
                        json.write(items)
                        json.literal(#","default":"#)
                        `default`.encode(to: &json)
                        json.literal("}")
                    }

                    static func decode(from message: inout RoostSchema.ProtobufReader) throws(RoostSchema.DecodingFailure) -> Page? {
                        var items: [Item]?
                        var `default`: String?? = .some(nil)
                        while let field = try message.nextField() {
                            switch field {
                            case 1: try message.read(&items, "items")
                            case 2: try message.read(&`default`, "default")
                            default: try message.skip()
                            }
                        }
                        message.settle(&items, "items")
                        guard let items, let `default` else { return nil }
                        return Page(items: items, default: `default`)
                    }

                    func encode(to message: inout RoostSchema.ProtobufWriter) {
                        message.field(1, items)
                        message.field(2, `default`)
                    }

                    func check(_ faults: inout RoostSchema.FaultCollector) {
                        faults.check(items, "items")
                        faults.check(`default`, "default")
                    }
                }
            }

            extension Outer.Page: RoostSchema.Schema, @unchecked Swift.Sendable {}
            """#)
    }

    @Test func aStructWithAnInitializerOfItsOwn() {
        expectExpansion(
            #"""
            @Schema
            public struct Money {
                public let cents: Int
                public init(euros: Int) { cents = euros * 100 }
            }
            """#,
            #"""

            public struct Money {
                public let cents: Int
                public init(euros: Int) { cents = euros * 100 }

                fileprivate init(cents: Int) {
                    self.cents = cents
                }

                public static var schema: RoostSchema.JSONSchema {
                    .object("Money") {
                        RoostSchema.JSONSchema.Field("cents", .of(Int.self))
                    }
                }

                public static func decode(from json: inout RoostSchema.JSONReader) throws(RoostSchema.DecodingFailure) -> Money? {
                    guard let start = try json.beginObject() else { return nil }
                    var seen = RoostSchema.JSONFields()
                    var cents: Int?
                    while let key = try json.peekKey() {
                        switch key {
                        case "cents":
                            try json.field(0, "cents", &seen)
                            cents = try Int.decode(from: &json)
                        default: try json.skipField()
                        }
                    }
                    json.require(0, "cents", of: start, seen)
                    guard let cents else { return nil }
                    return Money(cents: cents)
                }

                public func encode(to json: inout RoostSchema.JSONWriter) {
                    json.literal(#"{"cents":"#)
                    cents.encode(to: &json)
                    json.literal("}")
                }

                public static func decode(from message: inout RoostSchema.ProtobufReader) throws(RoostSchema.DecodingFailure) -> Money? {
                    var cents: Int?
                    while let field = try message.nextField() {
                        switch field {
                        case 1: try message.read(&cents, "cents")
                        default: try message.skip()
                        }
                    }
                    message.settle(&cents, "cents")
                    guard let cents else { return nil }
                    return Money(cents: cents)
                }

                public func encode(to message: inout RoostSchema.ProtobufWriter) {
                    message.field(1, cents)
                }
            }

            extension Money: RoostSchema.Schema, @unchecked Swift.Sendable {}
            """#)
    }

    @Test func fieldsWithNumbersAndGenericOnes() throws {
        let expanded = expansion(
            #"""
            struct Outer<Key: Schema> {
                @Schema
                struct Pair<Item: Schema> {
                    @Field(7) var item: Item
                    var key: Key
                    @Field(1_000) var items: [Item]
                }
            }
            """#)
        #expect(expanded.contains(#"RoostSchema.JSONSchema.Field("item", .of(Item.self), number: 7, isBoxed: true)"#))
        #expect(expanded.contains(#"RoostSchema.JSONSchema.Field("key", .of(Key.self), isBoxed: true)"#))
        #expect(expanded.contains(#"RoostSchema.JSONSchema.Field("items", .of([Item].self), number: 1000)"#))
        #expect(expanded.contains(#"case 7: try message.read(&item, "item")"#))
        #expect(expanded.contains(#"case 1000: try message.read(&items, "items")"#))
        #expect(expanded.contains("message.field(2, self.key)"))
    }
}
