import Testing

struct ContractDiagnosticsTests {
    @Test func placeholdersAndPaths() {
        expectRoute(
            "@Get(\"/orders/{id}\")", "func f(key: Int) async throws",
            ["3:10 no parameter of `f` is named `id`, like the placeholder in the path"])
        expectRoute("@Get(\"orders\")", "func f() async throws", ["3:10 a path must start with /: write \"/orders\""])
        expectRoute(
            "@Get(\"/a b\")", "func f() async throws",
            [
                "3:10 a path can't contain spaces, ? or #, and non-ASCII characters must be percent-encoded; the query consists of the function's other parameters"
            ])
        expectRoute(
            "@Get(\"/a/{id\")", "func f(id: Int) async throws",
            ["3:10 `{id` is not a placeholder: write {name} between slashes, or {name...} at the end"])
        expectRoute(
            "@Get(\"/{rest...}/a\")", "func f(rest: String) async throws",
            ["3:10 `{rest...}` is not a placeholder: write {name} between slashes, or {name...} at the end"])
        expectRoute(
            "@Get(\"/{id}/{id}\")", "func f(id: Int) async throws",
            ["3:10 the placeholder `id` occurs twice: rename one of them"])
        expectRoute(
            "@Get(path)", "func f() async throws", ["3:10 write the path as a plain string: the route is generated at compile time"])
    }

    @Test func parameters() {
        expectRoute(
            "@Get(\"/a\")", "func f(_ order: Order) async throws",
            ["4:12 a @Get request has no body: label `order` to make it a query parameter, or write @Post, @Put or @Patch"])
        expectRoute(
            "@Delete(\"/a\")", "func f(_ order: Order) async throws",
            ["4:12 a @Delete request has no body: label `order` to make it a query parameter, or write @Post, @Put or @Patch"])
        expectRoute(
            "@Post(\"/a\")", "func f(_ order: Order, _ raw: RawBody) async throws",
            ["4:28 a request has only one body: label this parameter, or put both into one @Schema struct"])
        expectRoute(
            "@Live(\"/a\")", "func f(_ order: Order) async throws -> MessageStream<Order>",
            ["4:12 the body of a @Live function is a MessageStream: label `order` to make it a query parameter"])
        expectRoute("@Live(\"/a\")", "func f() async throws -> Order", ["4:30 a @Live function replies with a MessageStream"])
        expectRoute(
            "@Get(\"/a\")", "func f() async throws -> MessageStream<Order>", ["3:5 mark a function that returns a stream with @Live"])
        expectRoute(
            "@Get(\"/a\", headers: [\"key\": \"Idempotency-Key\"])", "func f() async throws",
            ["3:26 no parameter of `f` is named `key`: `headers` maps the names of parameters to header fields"])
        expectRoute(
            "@Get(\"/a/{id}\")", "func f(id: Int?) async throws", ["4:16 a path parameter is always present: `id` can't be optional"])
        // `Request` may be a type of the user's own, so only the compiler can tell.
        expectRoute("@Get(\"/a\")", "func f(request: Request) async throws", [])
    }

    /// Parameters that are legal in Swift but cannot be sent.
    @Test func parametersThatNoWireCarries() {
        expectRoute(
            "@Post(\"/a\")", "func f(_ a: inout Order) async throws",
            ["4:17 a remote call can't change the caller's value: take Order, and return the new value"])
        expectRoute("@Get(\"/a\")", "func f(ids: Int...) async throws", ["4:20 a list is sent as an array: write `ids: [Int]`"])
        expectRoute(
            "@Post(\"/a\")", "func f(_ a: borrowing Order) async throws",
            ["4:17 `borrowing Order` is not a schema: values are sent as copies, so write only Order"])
        expectRoute(
            "@Post(\"/a\")", "func f(_ a: @escaping () -> Void) async throws",
            ["4:17 a closure is not a schema: use a struct or an enum marked with @Schema"])
        expectRoute(
            "@Get(\"/a\")", "func f(a: Int??) async throws -> [String: Int??]",
            [
                "4:15 `Int??` has two levels of optionality, but JSON has one null: write a single ?",
                "4:47 `Int??` has two levels of optionality, but JSON has one null: write a single ?",
            ])
        expectRoute("@Get(\"/a\")", "func f() async throws -> Self", ["4:30 Self is not a schema: name the type"])
        expectRoute(
            "@Post(\"/a\")", "func f(_ a: [API]) async throws -> Page<Routes.One>",
            [
                "4:17 `API` is a name that the generated code uses: rename your type",
                "4:40 `Routes` is a name that the generated code uses: rename your type",
            ])
        expectRoute("@Post(\"/a\")", "func f(_ a: Web.API) async throws", [])
        expectRoute(
            "@Get(\"/{id}\")", "func f(id: Int = 1) async throws",
            ["4:20 a path parameter is always present: `id` can't have a default value"])
    }

    @Test func parametersWithoutNames() {
        let message = "an argument is sent under the name of its parameter: give the parameter a name"
        expectRoute("@Post(\"/a\")", "func f(_: Int) async throws", ["4:12 \(message)"])
        expectRoute("@Get(\"/a\")", "func f(a _: Int) async throws", ["4:12 \(message)"])
    }

    @Test func headers() {
        expectRoute(
            "@Get(\"/{id}\", headers: [\"id\": \"X-ID\"])", "func f(id: Int) async throws",
            ["3:29 `id` is in the path: remove it from `headers`"])
        expectRoute(
            "@Get(\"/\", headers: [\"id\": \"X ID\"])", "func f(id: Int) async throws",
            ["3:31 `X ID` is not a valid header field name: use letters, digits and -"])
        expectRoute(
            "@Get(\"/\", headers: [\"id\": \"A\", \"id\": \"B\"])", "func f(id: Int) async throws",
            ["3:36 `id` can come from only one header field: remove the other"])
    }

    @Test func functions() {
        expectRoute("@Get(\"/a\")", "func f() throws", ["4:10 a call of `f` can go over the network: write `async throws`"])
        expectRoute("@Get(\"/a\")", "func f() async", ["4:10 a call of `f` can go over the network: write `async throws`"])
        expectRoute("", "func f() async throws", ["4:10 declare the route of `f` with @Get, @Post, @Put, @Patch, @Delete or @Live"])
        expectRoute(
            "@Get(\"/a\") @Get(\"/b\")", "func f() async throws",
            ["3:16 a function can only answer one route: write another function for the second route"])
        expectRoute(
            "@Get(\"/a\")", "func f<T>() async throws",
            ["4:11 the function of a route can't be generic: only concrete types can be sent"])
        expectRoute("@Get(\"/a\")", "func f() async throws -> Response", [])
        expectRoute(
            "@Get(\"/a\")", "func f() async throws(Problem)",
            ["4:27 every error is sent as a Problem: write `throws` without a type, and throw a Problem"])
        expectRoute(
            "@Get(\"/a\")", "static func f() async throws",
            ["4:5 the function of a route can't change its service: remove `static`"])
        expectRoute(
            "@Get(\"/a\")", "mutating func f() async throws",
            ["4:5 the function of a route can't change its service: remove `mutating`"])
        for name in ["`list all`", "größe", "`1st`", "_id"] {
            expectRoute(
                "@Get(\"/a\")", "func \(name)() async throws",
                ["4:10 the function's name is the name of the operation: use letters, digits and _, starting with a letter"])
        }
        expectRoute("@available(macOS 15, *) @Get(\"/a\")", "func `repeat`() async throws", [])
        expectRoute(
            "@Post(\"/a\", location: path)", "func f() async throws -> Order",
            ["3:27 write the location as a plain string: the code that fills it is generated at compile time"])
        expectRoute(
            "@Post(\"/a\", location: \"/a/:id\")", "func f() async throws -> Order", ["3:27 `:id` would be literal text: write {id}"])
        expectRoute(
            "@Post(\"/a\", takesIdempotencyKey: true)", "func f(_ orders: MessageStream<Order>) async throws",
            ["3:38 a stream can't be repeated: take a single value, or remove `takesIdempotencyKey`"])
        expectRoute(
            "@Post(\"/a\", location: \"/a/{id}\")", "func f() async throws",
            ["3:27 `location` is filled from the reply, but `f` has no reply"])
        expectRoute(
            "", "#if DEBUG\n    @Get(\"/a\") func f() async throws\n    #endif",
            ["4:5 a contract must be the same in every build: move the function out of #if"])
        expectRoute(
            "", "associatedtype Item",
            ["4:5 a contract can only have functions: make this a function, or move it to another protocol"])
        expectRoute(
            "", "var count: Int { get }", ["4:5 a contract can only have functions: make this a function, or move it to another protocol"]
        )
    }

    @Test(arguments: [
        ("() -> Void", "a closure is not a schema: use a struct or an enum marked with @Schema"),
        ("(Int, Int)", "a tuple is not a schema: make it a struct marked @Schema"),
        ("some Schema", "`some Schema` is not a schema: use a struct or an enum marked with @Schema"),
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
                "4:10 `order` already answers GET /orders/{id}",
                "5:34 another function is named `order`, but the name must identify the operation: rename one of them",
            ])
        expectDiagnostics(
            "@Contract(\"orders\")\nprotocol OrdersAPI: Sendable {\n    @Get(\"/a\") func list() async throws\n    @Get(\"/b\") func List() async throws\n}",
            ["4:21 `List` and `list` are both List in gRPC: rename one"])
    }

    /// The placeholder syntax of other frameworks.
    @Test(arguments: [
        ("/b/:id", "`:id` would be literal text: write {id}"), ("/b/<id>", "`<id>` would be literal text: write {id}"),
        ("/b/<int:id>", "`<int:id>` would be literal text: write {id}"), ("/b/[id]", "`[id]` would be literal text: write {id}"),
        ("/b/[...path]", "`[...path]` would be literal text: write {path}"), ("/b/a-:id", "`a-:id` would be literal text: write {id}"),
        ("/b/(:id)", "`(:id)` would be literal text: write {id}"), ("/b/c.:format", "`c.:format` would be literal text: write {format}"),
        ("/b/*", "`*` would be literal text: write {rest...}"), ("/b/**", "`**` would be literal text: write {rest...}"),
        ("/b/*path", "`*path` would be literal text: write {path...}"),
        ("/*/c", "`*` would be literal text: write {name}, which matches one segment"),
        ("/b/{*path}", "`{*path}` would be literal text: write {path...}"),
        ("/b/{path:.*}", "`{path:.*}` would be literal text: write {path...}"),
        ("/b/{id:int}", "`{id:int}`: the type comes from the function's parameter: write {id}"),
        ("/b/{id:[0-9]+}", "`{id:[0-9]+}`: the type comes from the function's parameter: write {id}"),
        ("/b/{id?}", "`{id?}`: a path parameter is always there: write a function for each path, or a query parameter `id: String?`"),
        ("/b/{...}", "a placeholder needs a name: write {rest...}, and add the parameter `rest: String`"),
        ("/b/{}", "`{}` is not a placeholder: write {name} between slashes, or {name...} at the end"),
        ("/b/${id}", "`${id}` is not a placeholder: write {name} between slashes, or {name...} at the end"),
        ("/b/{{id}}", "`{{id}}` is not a placeholder: write {name} between slashes, or {name...} at the end"),
        ("/b/{id}.json", "`{id}.json` is not a placeholder: write {name} between slashes, or {name...} at the end"),
        ("/b/{a}{b}", "`{a}{b}` is not a placeholder: write {name} between slashes, or {name...} at the end"),
        ("/b/{order-id}", "`{order-id}` is not a placeholder: write {name} between slashes, or {name...} at the end"),
        ("/b/{größe}", "`{größe}` is not a placeholder: write {name} between slashes, or {name...} at the end"),
        ("/b//c", "two slashes have nothing between them: write one"), ("//", "two slashes have nothing between them: write one"),
        ("/b/../c", "clients remove `..` from a path before they send it: write the resulting path"),
        ("/b/%7g", "a % in a path is followed by two hexadecimal digits: write %25 for a percent sign"),
        ("/b/c|d", "a path can't contain |: percent-encode it"),
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
            "@Contract(\"orders\")\nstruct Orders {}",
            ["1:1 @Contract can only be applied to a protocol; mark a type that implements its own routes with @Service"]
        )
        expectDiagnostics(
            "@Contract(\"orders\")\nprotocol OrdersAPI {}",
            ["2:10 a contract is called from any task: write `protocol OrdersAPI: Sendable`"])
        let inherits = "a contract can inherit only from Sendable: write the functions of"
        expectDiagnostics(
            "@Contract(\"orders\")\nprotocol OrdersAPI: BaseAPI, Sendable {}",
            ["2:21 \(inherits) `BaseAPI` here, or serve both contracts"])
        expectDiagnostics(
            "@Contract(\"orders\")\nprotocol OrdersAPI: Actor {}",
            [
                "2:21 \(inherits) `Actor` here, or serve both contracts",
                "2:10 a contract is called from any task: write `protocol OrdersAPI: Sendable`",
            ])
        expectDiagnostics(
            "@Contract(\"orders\")\nprotocol OrdersAPI<Item>: Swift.Sendable where Item: Equatable {}",
            [
                "2:19 a contract can't have associated types: only concrete types can be sent",
                "2:42 a contract can't have further requirements: remove the `where` clause",
            ])
        for name in ["a b", "a.b", "1a", "größe", "-a"] {
            expectDiagnostics(
                "@Contract(\"\(name)\")\nprotocol OrdersAPI: Sendable {}",
                ["1:1 a contract's name is part of procedure and file names: use letters, digits, - and _, starting with a letter"])
        }
        expectDiagnostics(
            "@MainActor @Contract(\"a\")\nprotocol OrdersAPI: Sendable {}", ["1:1 a contract is called from any task: remove @MainActor"]
        )
        expectDiagnostics(
            "@Contract(name)\nprotocol OrdersAPI: Sendable {}", ["1:1 write the contract's name as a plain string"])
    }

    @Test func anAttributeByItselfIsFine() {
        expectDiagnostics("@Get(\"/a\") func f() {}", [])
        expectDiagnostics(
            "struct A {\n    @Get(\"/a\") var f: Int { 1 }\n}",
            ["2:5 a route must be a function: write `func`, with the route's parameters"])
        expectDiagnostics(
            "struct A {\n    @Subscribe(Paid.self) var f: Int { 1 }\n}",
            ["2:5 an event must be handled by a function: write a `func` that takes the event"])
    }
}
