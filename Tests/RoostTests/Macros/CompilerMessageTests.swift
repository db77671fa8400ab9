import TestTools
import Testing

/// The compiler's errors where a macro cannot know which of the user's types are schemas: one error, at the user's own line.
@Suite(.serialized, .timeLimit(.minutes(5))) struct CompilerMessageTests {
    private static let unmarked =
        "a type that is sent must be a schema: mark it @Schema, and if it is generic, its type arguments too"
    private static let parameter =
        "a parameter is sent as text: write @Schema on the enum, or @Schema struct ID: RawRepresentable around a String, a UUID or a number"

    /// The types that the cases below use are on lines 3 to 7; the member is on line 9.
    private func findings(_ head: String, _ member: String) async throws -> [String] {
        try await Compiler.findings(
            """
            import Foundation
            import Roost
            public struct Plain { public var a: Int }
            struct Hidden: Codable { var a: Int }
            @Schema public struct Marked { public var a: Int }
            enum Size: String { case small, large }
            struct ID: Hashable { var value: UUID }
            \(head) {
                \(member)
            }
            """)
    }

    @Test(arguments: [
        ("@Schema public struct Order", "public var line: Plain"), ("@Schema public struct Order", "public var lines: [Plain]"),
        ("@Schema struct Order", "var line: Hidden"), ("@Schema struct Order", "var line: Hidden? = nil"),
        ("@Schema struct Order", "var lines: [String: Hidden] = [:]"),
        ("@Schema struct Order", "@Check(.count(1...9)) var lines: [Hidden]"),
        ("@Schema struct Order", "var size: Size"),
        ("@Schema struct Order", "var id: ID"), ("@Schema public enum Payment", "case card(Plain)"),
        ("@Schema enum Payment", "case card(line: Hidden, a: Int)"),
        ("@Schema struct Order<Item: Schema>", "var item: Item; var line: Hidden"),
        ("@Contract(\"c\") protocol OrdersAPI: Sendable", "@Post(\"/a\") func place(_ order: Hidden) async throws"),
        ("@Contract(\"c\") public protocol OrdersAPI: Sendable", "@Get(\"/a\") func list() async throws -> [Plain]"),
        ("@Contract(\"c\") protocol OrdersAPI: Sendable", "@Get(\"/a\") func one() async throws -> Hidden?"),
        ("@Contract(\"c\") protocol OrdersAPI: Sendable", "@Live(\"/a\") func one() async throws -> MessageStream<Hidden>"),
        ("@Contract(\"c\") public protocol OrdersAPI: Sendable", "@Get(\"/a\") func list() async throws -> Page<Plain>"),
        ("@Service struct Orders", "@Post(\"/a\") func place(_ order: Hidden) -> Int { 1 }"),
        ("@Service struct Orders", "@Get(\"/a\") func one() -> Hidden { Hidden(a: 1) }"),
    ])
    func aTypeThatIsNoSchema(head: String, member: String) async throws {
        #expect(try await findings(head, member) == ["9: 'of' is unavailable: \(Self.unmarked)"])
    }

    /// An argument is also passed to a callee in the process, for which a public type must be declared `Sendable` (SE-0302). `@Schema`
    /// declares it.
    @Test func anArgumentThatIsNoSchemaAndNotSendable() async throws {
        let found = try await findings(
            "@Contract(\"c\") public protocol OrdersAPI: Sendable", "@Post(\"/a\") func place(_ order: Plain) async throws")
        #expect(found.first == "9: 'of' is unavailable: \(Self.unmarked)" && found.count == 2)
        #expect(found.last?.contains("non-Sendable type 'Plain'") == true)
    }

    @Test(arguments: [
        ("@Contract(\"c\") protocol OrdersAPI: Sendable", "@Get(\"/a\") func list(size: Size) async throws"),
        ("@Contract(\"c\") protocol OrdersAPI: Sendable", "@Get(\"/a\") func list(size: Size?) async throws"),
        ("@Contract(\"c\") protocol OrdersAPI: Sendable", "@Get(\"/a\") func list(sizes: [Size]) async throws"),
        ("@Contract(\"c\") protocol OrdersAPI: Sendable", "@Get(\"/a\") func list(ids: [ID]?) async throws"),
        ("@Contract(\"c\") protocol OrdersAPI: Sendable", "@Get(\"/a/{id}\") func one(id: ID) async throws"),
        ("@Contract(\"c\") public protocol OrdersAPI: Sendable", "@Get(\"/a\") func one(id: Marked) async throws"),
        ("@Contract(\"c\") protocol OrdersAPI: Sendable", "@Get(\"/a\", headers: [\"id\": \"X-ID\"]) func one(id: ID?) async throws"),
        ("@Service struct Orders", "@Get(\"/a\") func list(size: Size = .small) -> Int { 1 }"),
    ])
    func aTypeThatIsNoParameter(head: String, member: String) async throws {
        #expect(try await findings(head, member) == ["9: 'parameter' is unavailable: \(Self.parameter)"])
    }

    @Test(arguments: [
        ("var a: [Character]", "Character is not a schema: use a String with @Check(.length(1...1))"),
        ("var a: Character", "Character is not a schema: use a String with @Check(.length(1...1))"),
    ])
    func aTypeOfTheLibraryThatIsNoSchema(member: String, message: String) async throws {
        #expect(try await findings("@Schema struct Order", member) == ["9: 'of(_:holding:)' is unavailable: \(message)"])
    }

    @Test func itemsThatCannotBeToldApart() async throws {
        let message = "unique items are compared: make their type Hashable"
        #expect(
            try await findings("@Schema struct Order", "@Check(.unique) var lines: [Marked]")
                == ["9: 'uniqueItems(of:)' is unavailable: \(message)"])
    }

    @Test func theRequestAndTheResponseInAContract() async throws {
        let head = "@Contract(\"c\") protocol OrdersAPI: Sendable"
        let request = "a contract's parameters must be schemas: only a type marked @Service can take the Request"
        #expect(try await findings(head, "@Post(\"/a\") func f(_ a: Request) async throws") == ["9: 'of' is unavailable: \(request)"])
        #expect(try await findings(head, "@Post(\"/a\") func f(a: Request) async throws") == ["9: 'parameter' is unavailable: \(request)"])
        #expect(
            try await findings(head, "@Get(\"/a\") func f() async throws -> Response")
                == ["9: 'of' is unavailable: a contract's reply must be a schema: only a type marked @Service can return a Response"])
    }

    /// Types that are allowed in one place but not in another.
    @Test func rawMessagesWhereTheyCannotBe() async throws {
        let raw =
            "'of(_:holding:)' is unavailable: RawBody is for requests only: reply with a String in base64, or with a Response of a type marked @Service"
        #expect(try await findings("@Schema struct Order", "var file: RawBody") == ["9: \(raw)"])
        #expect(try await findings("@Service struct Files", "@Get(\"/a\") func f() -> [RawBody] { [] }") == ["9: \(raw)"])
        #expect(
            try await findings("@Contract(\"c\") protocol FilesAPI: Sendable", "@Get(\"/a\") func f() async throws -> RawBody") == [
                "9: \(raw)"
            ])
        let response = "a contract's reply must be a schema: only a type marked @Service can return a Response"
        #expect(
            try await findings("@Service struct Files", "@Post(\"/a\") func f(_ a: Response) -> Int { 1 }")
                == ["9: 'of' is unavailable: \(response)"])
        #expect(try await findings("@Service struct Files", "@Put(\"/a\") func f(_ a: RawBody) -> Int { 1 }") == [])
    }

    @Test func anAttributeWithoutAPath() async throws {
        #expect(
            try await findings("@Contract(\"c\") protocol OrdersAPI: Sendable", "@Get func list() async throws")
                == ["9: missing argument for parameter #1 in macro expansion"])
    }

    @Test func aLocationThatNamesNoProperty() async throws {
        let member = "@Post(\"/a\", location: \"/a/{id}\") func f() async throws -> Marked"
        #expect(
            try await findings("@Contract(\"c\") public protocol OrdersAPI: Sendable", member) == [
                "9: value of type 'Marked' has no member 'id'"
            ])
    }

    /// Typed identifiers and enums that are marked can be fields, parameters and bodies.
    @Test func whatTheMessagesSayToWriteIsRight() async throws {
        let found = try await Compiler.findings(
            """
            import Foundation
            import Roost
            @Schema public struct Order: Identifiable {
                @Schema public struct ID: RawRepresentable, Hashable { public let rawValue: UUID }
                @Schema public enum Size: String { case small, large }
                public var id: ID
                public var previous: ID?
                public var size: Size = .small
                public var others: [ID] = []
            }
            @Schema struct SKU: RawRepresentable, Hashable {
                var rawValue: String
                init?(rawValue: String) { if rawValue.isEmpty { return nil } else { self.rawValue = rawValue } }
            }
            @Schema struct Number: RawRepresentable { let rawValue: Int64 }
            @Schema struct Rights: OptionSet { let rawValue: Int }
            @Contract("orders") public protocol OrdersAPI: Sendable {
                @Post("/orders", location: "/orders/{id}") func place(_ id: Order.ID) async throws -> Order
                @Get("/orders/{id}") func order(id: Order.ID, size: Order.Size?) async throws -> [Order.ID]
            }
            @Service struct Products {
                @Get("/products/{sku}", headers: ["number": "X-Number"])
                func product(sku: SKU, number: Number?, rights: Rights = []) -> SKU { sku }
                @Get("/products") func products(skus: [SKU] = [], numbers: [Number]?) -> [SKU] { skus }
            }
            """)
        #expect(found == [])
    }
}
