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
        expectRoute(
            "@Get(\"/a\")", "func f(request: Request) async throws",
            ["4:12 a contract's parameters are values: the Request is for a type marked @Service"])
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
        expectRoute(
            "@Get(\"/a\")", "func f() async throws -> Response",
            ["4:30 a contract's reply is a schema: a Response of one's own is for a type marked @Service"])
        expectRoute(
            "@Post(\"/a\", takesIdempotencyKey: true)", "func f(_ orders: MessageStream<Order>) async throws",
            ["3:38 a stream cannot be repeated: take one value, or leave `takesIdempotencyKey` out"])
        expectRoute(
            "@Post(\"/a\", location: \"/a/{id}\")", "func f() async throws",
            ["3:27 `location` is filled from the reply, and `f` has none"])
        expectRoute(
            "", "var count: Int { get }", ["4:5 a contract has functions alone: make this a function, or put it into a protocol of its own"]
        )
    }

    @Test(arguments: [
        ("() -> Void", "a closure is no schema: name a struct or an enum marked @Schema"),
        ("(Int, Int)", "a tuple is no schema: make it a struct marked @Schema"),
        ("some Schema", "`some Schema` is no schema: name a struct or an enum marked @Schema"),
        ("Set<Int>", "Set is no schema: use an array"),
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
    }

    @Test func theProtocolItself() {
        expectDiagnostics(
            "@Contract(\"orders\")\nstruct Orders {}", ["1:1 @Contract goes on a protocol; a type that serves by itself is marked @Service"]
        )
        expectDiagnostics(
            "@Contract(\"orders\")\nprotocol OrdersAPI {}",
            ["2:10 a contract is called from any task: write `protocol OrdersAPI: Sendable`"])
        expectDiagnostics(
            "@Contract(name)\nprotocol OrdersAPI: Sendable {}", ["1:1 write the contract's name as a plain string"])
    }

    @Test func anAttributeByItselfIsFine() {
        expectDiagnostics("@Get(\"/a\") func f() {}", [])
    }
}
