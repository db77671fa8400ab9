import FoundationEssentials
import Roost
import Testing

/// Types that the real macros have expanded.
struct SchemaMacroTests {
    private let order = NewOrder(
        email: "ada@example.com", lines: [Line(sku: "A-1", quantity: 2, unitPrice: 9.5)], note: nil, gift: true, tags: ["b": 2, "a": 1],
        priority: nil)

    @Test func encodesFieldsInTheirOrder() {
        #expect(
            JSON.text(order)
                == #"{"email":"ada@example.com","lines":[{"sku":"A-1","quantity":2,"unitPrice":9.5}],"note":null,"gift":true,"#
                + #""tags":{"a":1,"b":2},"priority":null}"#)
    }

    @Test func readsBackWhatItWrote() throws {
        try expectRoundTrip(order)
        try expectRoundTrip(Orders.order)
        try expectRoundTrip(Awkward(json: 1, seen: "", start: true, key: "k", offset: 2, value: 0.5))
        try expectRoundTrip(Nothing())
        try expectRoundTrip(Tree(name: "root", children: [Tree(name: "leaf")]))
        try expectRoundTrip(Pair(first: 1, second: Tree?.none))
        try expectRoundTrip(Pair(first: ["a": [1, 2]], second: Order.Status.default))
        try expectRoundTrip(Outer.Late(inner: .init(number: 7)))
        try expectRoundTrip(Money(euros: 3))
    }

    @Test func leavesOutWhatHasADefault() throws {
        let read = try decode(NewOrder.self, #"{"email":"a@b.de","lines":[{"sku":"A","quantity":1,"unitPrice":0}],"more":{"x":[]}}"#)
        #expect(read == NewOrder(email: "a@b.de", lines: [Line(sku: "A", quantity: 1, unitPrice: 0)]))
        #expect(read.priority == 5)
        #expect(try decode(Tree.self, #"{"name":"x"}"#).children.isEmpty)
    }

    @Test func reportsEveryFaultAtOnce() {
        let faults = faults(
            NewOrder.self,
            #"{"lines":[{"sku":"","quantity":0,"unitPrice":-1},7,{"sku":"A","unitPrice":"x"}],"note":5,"gift":null,"priority":10}"#)
        #expect(
            faults == [
                "/lines/0/sku length must have from 1 to 40 characters", "/lines/0/quantity range must be from 1 to 1000",
                "/lines/0/unitPrice range must be at least 0", "/lines/1 type must be an object",
                "/lines/2/unitPrice type must be a number", "/lines/2/quantity required is required", "/note type must be a string",
                "/gift type must be true or false", "/priority range must be from 1 to 9", "/email required is required",
            ])
    }

    @Test(arguments: [
        (#"{"email":"nobody","lines":[{"sku":"A","quantity":1,"unitPrice":0}]}"#, "/email format must be an email address"),
        (#"{"email":"a@b.de","lines":[]}"#, "/lines count must have from 1 to 100 items"),
        (#"[]"#, " type must be an object"),
    ])
    func reportsABrokenRule(text: String, fault: String) {
        #expect(faults(NewOrder.self, text) == [fault])
    }

    @Test func refusesAKeyThatStandsTwice() {
        #expect(throws: DecodingFailure.self) { try decode(Outer.Inner.self, #"{"number":1,"number":2}"#) }
        #expect(malformed(Outer.Inner.self, #"{"number":1,"number":2}"#) == "the key number occurs twice")
    }

    // Not in the attribute: the arguments of a macro do not see what other macros generate.
    private static let choices = [
        (Payment.card(Line(sku: "A", quantity: 1, unitPrice: 2)), #"{"card":{"sku":"A","quantity":1,"unitPrice":2}}"#),
        (.transfer(iban: "DE1", reference: nil), #"{"transfer":{"iban":"DE1","reference":null}}"#),
        (.cash, #"{"cash":{}}"#),
        (.split(first: .cash, second: .cash), #"{"split":{"first":{"cash":{}},"second":{"cash":{}}}}"#),
    ]

    @Test(arguments: choices)
    func writesAChoiceAsAnObjectWithOneField(payment: Payment, text: String) throws {
        #expect(JSON.text(payment) == text)
        #expect(try decode(Payment.self, text) == payment)
    }

    @Test(arguments: [#"{}"#, #"{"cash":{},"card":{"sku":"A","quantity":1,"unitPrice":2}}"#, #"{"gold":1}"#, #"{"cash":{},"x":1}"#])
    func takesExactlyOneChoice(text: String) {
        #expect(faults(Payment.self, text) == [" choice must have exactly one of card, transfer, cash, split"])
    }

    @Test func locatesFaultsInAChoice() {
        #expect(
            faults(Payment.self, #"{"card":{"sku":"A","quantity":0,"unitPrice":2}}"#) == ["/card/quantity range must be from 1 to 1000"])
        #expect(faults(Payment.self, #"{"transfer":{}}"#) == ["/transfer/iban required is required"])
    }

    @Test func takesTheWordsOfAnEnum() throws {
        #expect(try decode(Order.Status.self, #""sent-out""#) == .sentOut)
        #expect(faults(Order.Status.self, #""sentOut""#) == [" enum must be one of pending, paid, sent-out, default"])
        #expect(Order.Status(parameter: "default") == .default)
        #expect(Order.Status(parameter: "x") == nil)
        #expect(Order.Status.allCases.map(\.parameter) == ["pending", "paid", "sent-out", "default"])
    }
}

/// The value, read from text.
func decode<Value: Schema>(_ type: Value.Type, _ text: String) throws(DecodingFailure) -> Value {
    try JSON.decode(Value.self, from: Array(text.utf8))
}

/// The faults of a JSON text, each as pointer, rule and message.
func faults<Value: Schema>(_ type: Value.Type, _ text: String) -> [String] {
    do throws(DecodingFailure) {
        _ = try decode(Value.self, text)
        return []
    } catch {
        guard case .invalid(let faults) = error else { return ["\(error)"] }
        return faults.map { "\($0.pointer) \($0.rule) \($0.message)" }
    }
}

/// Why a text is not JSON, or `nil` if it is.
func malformed<Value: Schema>(_ type: Value.Type, _ text: String) -> String? {
    do throws(DecodingFailure) {
        _ = try decode(Value.self, text)
    } catch {
        if case .malformed(let reason) = error { return reason.message }
    }
    return nil
}

func expectRoundTrip<Value: Schema & Equatable>(_ value: Value, location: SourceLocation = #_sourceLocation) throws {
    #expect(try JSON.decode(Value.self, from: JSON.encode(value)) == value, sourceLocation: location)
    #expect(try Protobuf.decode(Value.self, from: Protobuf.encode(value)) == value, sourceLocation: location)
}
