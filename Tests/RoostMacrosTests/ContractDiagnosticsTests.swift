import Testing

struct ContractDiagnosticsTests {
    /// A contract with one function: its attribute is on line 3, the function on line 4.
    private func expectRoute(_ attribute: String, _ function: String, _ expected: [String], at location: SourceLocation = #_sourceLocation)
    {
        expectDiagnostics(
            "@Contract(\"orders\")\nprotocol OrdersAPI: Sendable {\n    \(attribute)\n    \(function)\n}", expected, at: location)
    }

    @Test func placeholdersAndPaths() {
        expectRoute(
            "@Get(\"/orders/{id}\")", "func f(key: Int) async throws",
            ["3:10 no parameter of `f` is named `id`, as the path's placeholder is"])
        expectRoute("@Get(\"orders\")", "func f() async throws", ["3:10 a path begins with /: write \"/orders\""])
        expectRoute(
            "@Get(\"/a b\")", "func f() async throws",
            ["3:10 a path has no blanks, ? or #, and other than ASCII only percent-encoded; what follows ? are parameters"])
        expectRoute(
            "@Get(\"/a/{id\")", "func f(id: Int) async throws",
            ["3:10 `{id` is no placeholder: write {name} between slashes, or {name...} at the end"])
        expectRoute(
            "@Get(\"/{rest...}/a\")", "func f(rest: String) async throws",
            ["3:10 `{rest...}` is no placeholder: write {name} between slashes, or {name...} at the end"])
        expectRoute(
            "@Get(\"/{id}/{id}\")", "func f(id: Int) async throws",
            ["3:10 the placeholder `id` stands twice: give each a name of its own"])
        expectRoute(
            "@Get(path)", "func f() async throws", ["3:10 write the path as a plain string: the route is made while compiling"])
    }

    @Test func parameters() {
        expectRoute(
            "@Get(\"/a\")", "func f(_ order: Order) async throws",
            ["4:12 @Get has no body: label `order` to make it a query parameter, or write @Post, @Put or @Patch"])
        expectRoute(
            "@Delete(\"/a\")", "func f(_ order: Order) async throws",
            ["4:12 @Delete has no body: label `order` to make it a query parameter, or write @Post, @Put or @Patch"])
        expectRoute(
            "@Post(\"/a\")", "func f(_ order: Order, _ raw: RawBody) async throws",
            ["4:28 a request has one body: label this parameter, or put both into one @Schema struct"])
        expectRoute(
            "@Live(\"/a\")", "func f(_ order: Order) async throws -> MessageStream<Order>",
            ["4:12 the body of a @Live function is a MessageStream: label `order` to make it a query parameter"])
        expectRoute("@Live(\"/a\")", "func f() async throws -> Order", ["4:30 a @Live function replies with a MessageStream"])
        expectRoute(
            "@Get(\"/a\")", "func f() async throws -> MessageStream<Order>", ["3:5 mark a function that replies with a stream @Live"])
        expectRoute(
            "@Get(\"/a\", headers: [\"key\": \"Idempotency-Key\"])", "func f() async throws",
            ["3:26 no parameter of `f` is named `key`: `headers` goes from parameters to header fields"])
        expectRoute(
            "@Get(\"/a/{id}\")", "func f(id: Int?) async throws", ["4:16 a path parameter is always there: `id` can't be optional"])
        expectRoute(
            "@Get(\"/a\")", "func f(ids: [Int]) async throws", ["4:17 `ids` travels as one text: take a list or a map in a body"])
        // `Request` may be the user's own: the compiler tells.
        expectRoute("@Get(\"/a\")", "func f(request: Request) async throws", [])
    }

    /// What a function may be elsewhere.
    @Test func parametersThatNoWireCarries() {
        expectRoute(
            "@Post(\"/a\")", "func f(_ a: inout Order) async throws",
            ["4:17 a caller's value can't be changed over a wire: take Order, and return the new one"])
        expectRoute("@Get(\"/a\")", "func f(ids: Int...) async throws", ["4:20 a list travels in a body: write `_ ids: [Int]`"])
        expectRoute(
            "@Post(\"/a\")", "func f(_ a: borrowing Order) async throws",
            ["4:17 `borrowing Order` is no schema: a value that travels is a copy, so write Order alone"])
        expectRoute(
            "@Post(\"/a\")", "func f(_ a: @escaping () -> Void) async throws",
            ["4:17 a closure is no schema: name a struct or an enum marked @Schema"])
        expectRoute(
            "@Get(\"/a\")", "func f(a: Int??) async throws -> [String: Int??]",
            [
                "4:15 `Int??` has two kinds of nothing, and JSON has one: write a single ?",
                "4:47 `Int??` has two kinds of nothing, and JSON has one: write a single ?",
            ])
        expectRoute("@Get(\"/a\")", "func f() async throws -> Self", ["4:30 Self is no schema: name the type"])
        expectRoute(
            "@Post(\"/a\")", "func f(_ a: [API]) async throws -> Page<Routes.One>",
            [
                "4:17 `API` is a name inside what the macro makes: give your type another",
                "4:40 `Routes` is a name inside what the macro makes: give your type another",
            ])
        expectRoute("@Post(\"/a\")", "func f(_ a: Web.API) async throws", [])
        expectRoute(
            "@Get(\"/{id}\")", "func f(id: Int = 1) async throws",
            ["4:20 a path parameter is always there: `id` has no use for a default value"])
    }

    @Test func parametersWithoutNames() {
        let message = "an argument travels by its parameter's name: give it one"
        expectRoute("@Post(\"/a\")", "func f(_: Int) async throws", ["4:12 \(message)"])
        expectRoute("@Get(\"/a\")", "func f(a _: Int) async throws", ["4:12 \(message)"])
    }

    @Test func headers() {
        expectRoute(
            "@Get(\"/{id}\", headers: [\"id\": \"X-ID\"])", "func f(id: Int) async throws",
            ["3:29 `id` is in the path: leave it out of `headers`"])
        expectRoute(
            "@Get(\"/\", headers: [\"id\": \"X ID\"])", "func f(id: Int) async throws",
            ["3:31 `X ID` is no header field's name: it has letters, digits and -"])
        expectRoute(
            "@Get(\"/\", headers: [\"id\": \"A\", \"id\": \"B\"])", "func f(id: Int) async throws",
            ["3:36 `id` comes from one header field: leave out the other"])
    }

    @Test func functions() {
        expectRoute("@Get(\"/a\")", "func f() throws", ["4:10 `f` may cross a network: write `async throws`"])
        expectRoute("@Get(\"/a\")", "func f() async", ["4:10 `f` may cross a network: write `async throws`"])
        expectRoute("", "func f() async throws", ["4:10 say which route `f` answers: @Get, @Post, @Put, @Patch, @Delete or @Live"])
        expectRoute(
            "@Get(\"/a\") @Get(\"/b\")", "func f() async throws",
            ["3:16 one function answers one route: give the second a function of its own"])
        expectRoute(
            "@Get(\"/a\")", "func f<T>() async throws", ["4:11 a route's function takes no type parameters: a wire carries known types"])
        expectRoute("@Get(\"/a\")", "func f() async throws -> Response", [])
        expectRoute(
            "@Get(\"/a\")", "func f() async throws(Problem)",
            ["4:27 every failure crosses a wire as a Problem: write `throws` alone, and throw a Problem"])
        expectRoute(
            "@Get(\"/a\")", "static func f() async throws",
            ["4:5 a route is answered by a value that stays as it is: leave out `static`"])
        expectRoute(
            "@Get(\"/a\")", "mutating func f() async throws",
            ["4:5 a route is answered by a value that stays as it is: leave out `mutating`"])
        for name in ["`list all`", "größe", "`1st`", "_id"] {
            expectRoute(
                "@Get(\"/a\")", "func \(name)() async throws",
                ["4:10 the function's name is the operation's on every wire: write letters, digits and _, a letter first"])
        }
        expectRoute("@available(macOS 15, *) @Get(\"/a\")", "func `repeat`() async throws", [])
        expectRoute(
            "@Post(\"/a\", location: path)", "func f() async throws -> Order",
            ["3:27 write the location as a plain string: what fills it is made while compiling"])
        expectRoute(
            "@Post(\"/a\", location: \"/a/:id\")", "func f() async throws -> Order", ["3:27 `:id` would stand for itself: write {id}"])
        expectRoute(
            "@Post(\"/a\", takesIdempotencyKey: true)", "func f(_ orders: MessageStream<Order>) async throws",
            ["3:38 a stream cannot be repeated: take one value, or leave `takesIdempotencyKey` out"])
        expectRoute(
            "@Post(\"/a\", location: \"/a/{id}\")", "func f() async throws",
            ["3:27 `location` is filled from the reply, and `f` has none"])
        expectRoute(
            "", "#if DEBUG\n    @Get(\"/a\") func f() async throws\n    #endif",
            ["4:5 a contract is the same in every build: take the function out of #if"])
        expectRoute(
            "", "associatedtype Item",
            ["4:5 a contract has functions alone: make this a function, or put it into a protocol of its own"])
        expectRoute(
            "", "var count: Int { get }", ["4:5 a contract has functions alone: make this a function, or put it into a protocol of its own"]
        )
    }

    @Test(arguments: [
        ("() -> Void", "a closure is no schema: name a struct or an enum marked @Schema"),
        ("(Int, Int)", "a tuple is no schema: make it a struct marked @Schema"),
        ("some Schema", "`some Schema` is no schema: name a struct or an enum marked @Schema"),
    ])
    func typesThatAreNoSchema(type: String, message: String) {
        expectRoute("@Get(\"/a\")", "func f() async throws -> \(type)", ["4:30 \(message)"])
        expectRoute("@Post(\"/a\")", "func f(_ a: \(type)) async throws", ["4:17 \(message)"])
        expectRoute("@Post(\"/a\")", "func f(a: \(type)) async throws", ["4:15 \(message)"])
    }

    @Test func collisions() {
        expectDiagnostics(
            """
            @Contract("orders")
            protocol OrdersAPI: Sendable {
                @Get("/orders/{id}") func order(id: Int) async throws
                @Get("/orders/{key}") func find(key: String) async throws
                @Delete("/orders/{id}") func order(id: Int) async throws
                @Get("/orders/current") func current() async throws
            }
            """,
            [
                "4:10 `order` answers GET /orders/{id} already",
                "5:34 another function is named `order`, and the name is the operation's",
            ])
        expectDiagnostics(
            "@Contract(\"orders\")\nprotocol OrdersAPI: Sendable {\n    @Get(\"/a\") func list() async throws\n    @Get(\"/b\") func List() async throws\n}",
            ["4:21 `List` and `list` are both List in gRPC: rename one"])
    }

    /// Placeholders as other frameworks write them.
    @Test(arguments: [
        ("/b/:id", "`:id` would stand for itself: write {id}"), ("/b/<id>", "`<id>` would stand for itself: write {id}"),
        ("/b/<int:id>", "`<int:id>` would stand for itself: write {id}"), ("/b/[id]", "`[id]` would stand for itself: write {id}"),
        ("/b/[...path]", "`[...path]` would stand for itself: write {path}"), ("/b/a-:id", "`a-:id` would stand for itself: write {id}"),
        ("/b/(:id)", "`(:id)` would stand for itself: write {id}"), ("/b/c.:format", "`c.:format` would stand for itself: write {format}"),
        ("/b/*", "`*` would stand for itself: write {rest...}"), ("/b/**", "`**` would stand for itself: write {rest...}"),
        ("/b/*path", "`*path` would stand for itself: write {path...}"),
        ("/*/c", "`*` would stand for itself: write {name}, which takes one segment"),
        ("/b/{*path}", "`{*path}` would stand for itself: write {path...}"),
        ("/b/{path:.*}", "`{path:.*}` would stand for itself: write {path...}"),
        ("/b/{id:int}", "`{id:int}`: the function's parameter says what it is: write {id}"),
        ("/b/{id:[0-9]+}", "`{id:[0-9]+}`: the function's parameter says what it is: write {id}"),
        ("/b/{id?}", "`{id?}`: a path parameter is always there: write a function for each path, or a query parameter `id: String?`"),
        ("/b/{...}", "a placeholder has a name: write {rest...}, and `rest: String` among the parameters"),
        ("/b/{}", "`{}` is no placeholder: write {name} between slashes, or {name...} at the end"),
        ("/b/${id}", "`${id}` is no placeholder: write {name} between slashes, or {name...} at the end"),
        ("/b/{{id}}", "`{{id}}` is no placeholder: write {name} between slashes, or {name...} at the end"),
        ("/b/{id}.json", "`{id}.json` is no placeholder: write {name} between slashes, or {name...} at the end"),
        ("/b/{a}{b}", "`{a}{b}` is no placeholder: write {name} between slashes, or {name...} at the end"),
        ("/b/{order-id}", "`{order-id}` is no placeholder: write {name} between slashes, or {name...} at the end"),
        ("/b/{größe}", "`{größe}` is no placeholder: write {name} between slashes, or {name...} at the end"),
        ("/b//c", "two slashes have nothing between them: write one"), ("//", "two slashes have nothing between them: write one"),
        ("/b/../c", "a client leaves out `..` before it asks: write the path that is meant"),
        ("/b/%7g", "a % in a path begins two hexadecimal digits: write %25 for itself"),
        ("/b/c|d", "a path has no |: percent-encode it"),
    ])
    func pathsOfOtherFrameworks(path: String, message: String) {
        expectRoute("@Get(\"\(path)\")", "func f(id: Int) async throws", ["3:10 \(message)"])
    }

    @Test(arguments: ["/", "/b/", "/b/@me", "/b/$metadata", "/b/c:d", "/b/%7Bc%7D", "/.well-known/jwks.json", "/b/c,d;e=f", "/b/(c)"])
    func pathsThatStandForThemselves(path: String) {
        expectRoute("@Get(\"\(path)\")", "func f() async throws", [])
    }

    @Test func theProtocolItself() {
        expectDiagnostics(
            "@Contract(\"orders\")\nstruct Orders {}", ["1:1 @Contract goes on a protocol; a type that serves by itself is marked @Service"]
        )
        expectDiagnostics(
            "@Contract(\"orders\")\nprotocol OrdersAPI {}",
            ["2:10 a contract is called from any task: write `protocol OrdersAPI: Sendable`"])
        let inherits = "a contract inherits from Sendable alone: write the functions of"
        expectDiagnostics(
            "@Contract(\"orders\")\nprotocol OrdersAPI: BaseAPI, Sendable {}",
            ["2:21 \(inherits) `BaseAPI` here, or serve it beside this one"])
        expectDiagnostics(
            "@Contract(\"orders\")\nprotocol OrdersAPI: Actor {}",
            [
                "2:21 \(inherits) `Actor` here, or serve it beside this one",
                "2:10 a contract is called from any task: write `protocol OrdersAPI: Sendable`",
            ])
        expectDiagnostics(
            "@Contract(\"orders\")\nprotocol OrdersAPI<Item>: Swift.Sendable where Item: Equatable {}",
            [
                "2:19 a contract has no associated types: a wire carries known types",
                "2:42 a contract asks nothing else of what serves it: leave out the `where`",
            ])
        for name in ["a b", "a.b", "1a", "größe", "-a"] {
            expectDiagnostics(
                "@Contract(\"\(name)\")\nprotocol OrdersAPI: Sendable {}",
                ["1:1 a contract's name stands in procedures and files: write letters, digits, - and _, a letter first"])
        }
        expectDiagnostics(
            "@MainActor @Contract(\"a\")\nprotocol OrdersAPI: Sendable {}", ["1:1 a contract is called from any task: leave out @MainActor"]
        )
        expectDiagnostics(
            "@Contract(name)\nprotocol OrdersAPI: Sendable {}", ["1:1 write the contract's name as a plain string"])
    }

    @Test func anAttributeByItselfIsFine() {
        expectDiagnostics("@Get(\"/a\") func f() {}", [])
        expectDiagnostics(
            "struct A {\n    @Get(\"/a\") var f: Int { 1 }\n}",
            ["2:5 a route is answered by a function: write `func`, with the route's parameters"])
        expectDiagnostics(
            "struct A {\n    @Subscribe(Paid.self) var f: Int { 1 }\n}",
            ["2:5 an event is handled by a function: write `func`, which takes the event"])
    }
}
