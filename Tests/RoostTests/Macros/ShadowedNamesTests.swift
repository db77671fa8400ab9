import TestTools
import Testing

/// A user's types may have the names of the toolkit's and of the language's: what macros make names each with its module.
@Suite(.serialized, .timeLimit(.minutes(5))) struct ShadowedNamesTests {
    private static let names = [
        "Route", "Contract", "Endpoint", "Caller", "Bounds", "Problem", "JSONReader", "JSONWriter", "DecodingFailure", "JSONSchema",
        "JSONFields",
        "JSONChoice", "JSONKey", "ProtobufReader", "ProtobufWriter", "ProtobufKind", "ContractDescription", "OutgoingCall",
        "IncomingCall", "PercentCoding", "EndpointProvider", "ParameterValue", "Event", "Subscription", "Schema", "Field", "Check",
        "Service",
        "Status", "Access", "RequestMethod", "Router", "Body", "Headers", "Format", "Fault", "Page", "PageLimit", "PathPattern", "Callee",
        "RequestContext", "Principal", "Configuration", "Optional", "Array", "Dictionary", "Sendable", "StaticString", "Never", "Result",
        "Void", "Get", "Post", "Live",
    ]

    /// A file that declares all of them, and uses every macro.
    private func findings(_ kind: String) async throws -> [String] {
        let types = Self.names.map { name in
            kind == "enum" ? "enum \(name) { case one }" : kind == "protocol" ? "protocol \(name) {}" : "struct \(name) {}"
        }
        return try await Compiler.findings(
            types.joined(separator: "\n") + """

                import Foundation
                import Roost
                @Roost.Schema struct Request { @Roost.Check(.length(1...3)) var name: String; var size: Size?; var sizes: [Size] = [] }
                @Roost.Schema public struct Response { public var name: String; public var request: URL? }
                @Roost.Schema struct RawBody { @Roost.Check(.range(1..<9)) @Roost.Field(7) var number: Int }
                @Roost.Schema struct Data { var name: String; var set: Set }
                @Roost.Schema public struct URL { public var path: String }
                @Roost.Schema struct Set { var character: Character? }
                @Roost.Schema struct Character { var data: Int }
                @Roost.Schema enum Size: String { case small, large = "LARGE" }
                @Roost.Schema indirect enum Choice { case request(Request), both(data: Data, more: Choice?), none }
                @Roost.Schema struct ID: RawRepresentable, Hashable { let rawValue: UUID }
                @Roost.Schema struct Envelope<Data: Roost.Schema> { var data: Data; var all: [Data] }
                @Roost.Contract("orders", access: .signedIn) protocol OrdersAPI: Swift.Sendable {
                    @Roost.Post("/orders", status: .created, location: "/orders/{name}") func place(_ request: Request) async throws -> Response
                    @Roost.Get("/orders/{id}") func get(id: ID, size: Size?) async throws -> Envelope<Data>
                    @Roost.Put("/orders/{id}") func raw(id: ID, _ body: RawBody) async throws -> URL
                    @Roost.Live("/orders/{id}/live") func live(id: ID, _ sent: MessageStream<Data>) async throws -> MessageStream<Choice>
                    @Roost.Delete("/orders/{id}") func remove(id: ID) async throws
                    @Roost.Get("/mine") func mine(of account: Roost.Principal.Account, _ service: Roost.Principal.Service?) async throws -> Int
                }
                @Roost.Service struct Hello {
                    @Roost.Get("/hello") func hello(request: Roost.Request) -> Roost.Response { .text("") }
                    @Roost.Post("/hello") func post(_ request: Request) -> Response { Response(name: request.name) }
                    @Roost.Put("/hello") func put(_ request: Roost.Request) throws -> Set { Set() }
                    @Roost.Delete("/hello") func remove(by anyone: Roost.Principal) {}
                }
                """)
    }

    @Test(arguments: ["struct", "enum", "protocol"]) func everyExpansionCompiles(kind: String) async throws {
        #expect(try await findings(kind) == [])
    }

    /// Names inside the type that bears the macro.
    @Test func nestedNames() async throws {
        let types = Self.names.filter { $0 != "Optional" }.map { "    struct \($0) {}" }.joined(separator: "\n")
        let found = try await Compiler.findings(
            """
            import Roost
            @Schema struct Order {
            \(types)
                var id: Int
                @Check(.count(1...2)) var names: [String]
            }
            extension Order {
                @Roost.Schema enum Size: String { case small }
                @Roost.Schema struct Line { var size: Size }
            }
            """)
        #expect(found == [])
    }

    /// Without types of one's own of these names, the plain ones are the toolkit's.
    @Test func plainNamesAreTheToolkits() async throws {
        let found = try await Compiler.findings(
            """
            import Roost
            @Service struct Hello {
                @Get("/hello") func hello(request: Request) -> Response { .text("") }
                @Post("/hello") func post(_ request: Request) -> Response { .text("") }
                @Put("/hello") func put(_ body: RawBody) -> Response { .text("") }
                @Delete("/hello") func remove(by account: Principal.Account) {}
            }
            """)
        #expect(found == [])
    }

    /// Words of the language, and names that are none without backticks, as fields, cases and labels.
    @Test func wordsAsNames() async throws {
        let words = [
            "self", "Self", "init", "Type", "default", "in", "let", "var", "inout", "func", "Any", "protocol", "first-name", "a b",
        ]
        let fields = words.map { "    var `\($0)`: Int" }.joined(separator: "\n")
        let cases = words.map { "    case `\($0)`" }.joined(separator: "\n")
        let payloads = words.map { "    case `\($0)`(Int)" }.joined(separator: "\n")
        let labels = words.map { "`\($0)`: Int" }.joined(separator: ", ")
        let found = try await Compiler.findings(
            """
            import Roost
            @Schema struct Fields {
            \(fields)
            }
            @Schema public struct Wide {
            \(fields.replacing("var `", with: "public var `"))
            }
            @Schema enum Cases {
            \(cases)
            }
            @Schema enum Payloads {
            \(payloads)
            }
            @Schema enum Labels { case one(\(labels)) }
            @Schema enum Discount { case none, some }
            @Schema struct Sale { var discount: Discount = .none; var other: Discount? = nil }
            @Contract("words") protocol WordsAPI: Sendable {
                @Get("/{in}") func `repeat`(in: Int, `default`: String?, `func`: Int) async throws -> Int
                @Get("/") func `default`(for `self`: Int, to `init`: Int) async throws
                @Get("/caller") func caller(caller: Int) async throws -> Discount
            }
            """)
        #expect(found == [])
    }

    /// Comments become literals, whatever is in them.
    @Test func commentsWithOddText() async throws {
        let comments = [
            "\"\" begins with quotes", "\"", "a \\ and a \\(", "both \"# and \\# and \"##", "tab\there", "\u{7}bell", "ä 🏷️ \u{301}",
            "ends with \"\"", "\\", "\\n \\u{0} \\(x)", "\"\"\"", "\"#\u{301} and \"",
        ]
        let fields = comments.enumerated().map { "    /// \($1)\n    var a\($0): Int" }.joined(separator: "\n")
        let source = "import Roost\n/** A block\r\n * of lines \"\"\r\n */\n@Schema struct Odd {\n\(fields)\n}\n"
        #expect(try await Compiler.findings(source) == [])
        #expect(try await Compiler.findings(source.replacing("\n", with: "\r\n")) == [])
    }
}
