import Testing

struct ServiceDiagnosticsTests {
    @Test func whatNoServiceCanBe() {
        expectDiagnostics(
            "@Service\nenum Hello {}", ["1:1 @Service goes on a struct, an actor or a final class; a protocol is marked @Contract"])
    }

    @Test func routesByTheRulesOfContracts() {
        expectDiagnostics(
            """
            @Service
            struct Hello {
                @Get("/a/{id}") func a() {}
                @Get("/b") func b(_ body: Int) {}
                @Get("/c") func c() {}
                @Get("/c/") func d() {}
            }
            """,
            [
                "3:10 no parameter of `a` is named `id`, as the path's placeholder is",
                "4:23 @Get has no body: label `body` to make it a query parameter, or write @Post, @Put or @Patch",
                "6:10 `c` answers GET /c already",
            ])
    }

    @Test func subscriptions() {
        expectDiagnostics(
            """
            @Service
            struct Hello {
                @Subscribe(Paid.self) func a() {}
                @Subscribe(Paid.self) func b(_ event: Sent) {}
                @Subscribe(Paid.self) func c(_ event: Paid, in transaction: Transaction, more: Int) {}
            }
            """,
            [
                "3:32 `a` takes the event, and if it writes, the transaction",
                "4:43 `b` takes Sent, not the event of @Subscribe",
                "5:32 `c` takes the event, and if it writes, the transaction",
            ])
    }

    @Test func subscriptionsThatCollide() {
        let message = "give each a name of its own, by which its events are known"
        expectDiagnostics(
            """
            @Service
            struct Hello {
                @Subscribe(Paid.self) func note(_ event: Paid) {}
                @Subscribe(Sent.self) func note(_ event: Sent) {}
            }
            """, ["4:32 another subscription is named `note`: \(message)"])
    }

    @Test func namesThatTheExpansionNeeds() {
        let message = "is what @Service itself makes: give this another name"
        expectDiagnostics(
            "@Service\nstruct Hello {\n    @Get(\"/a\") func endpoints() -> Int { 1 }\n    @Get(\"/b\") func subscriptions() -> Int { 1 }\n    struct Routes {}\n    @Get(\"/c\") func endpoints(of a: Int) -> Int { 1 }\n}",
            [
                "5:5 `Routes` \(message)", "3:5 `endpoints` \(message)",
                "6:21 another function is named `endpoints`, and the name is the operation's",
            ])
        expectDiagnostics(
            "@Service\nstruct Hello {\n    let subscriptions: Int\n    @Subscribe(Paid.self) func paid(_ event: Paid) {}\n}",
            ["3:5 `subscriptions` \(message)"])
    }

    @Test func functionsInConditions() {
        expectDiagnostics(
            "@Service\nstruct Hello {\n    #if DEBUG\n    @Get(\"/a\") func a() {}\n    #endif\n    #if DEBUG\n    func b() {}\n    #endif\n}",
            ["3:5 @Service sees no function in #if: take it out, and put the #if into its body"])
    }
}
