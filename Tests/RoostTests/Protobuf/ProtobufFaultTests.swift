import FoundationEssentials
import Roost
import Testing

/// Violations of rules are reported as for JSON.
struct ProtobufFaultTests {
    private let order = NewOrder(
        email: "nobody", lines: [Line(sku: "", quantity: 0, unitPrice: -1), Line(sku: "A", quantity: 1001, unitPrice: 0)],
        note: String(repeating: "x", count: 501), priority: 10)

    @Test func everyRuleHoldsOnBothWires() {
        let found = faults(NewOrder.self, Protobuf.encode(order))
        #expect(found.count == 7)
        #expect(found.sorted() == faults(NewOrder.self, JSON.text(order)).sorted())
        let none = NewOrder(email: "a@b.de", lines: [])
        #expect(faults(NewOrder.self, Protobuf.encode(none)) == ["/lines count must have from 1 to 100 items"])
    }

    @Test(arguments: [
        ("", ["/sku length must have from 1 to 40 characters", "/quantity range must be from 1 to 1000"]),
        ("0a 01 41 10 01", []),
    ])
    func whatIsLeftOutHasItsTypesDefault(bytes: String, expected: [String]) {
        #expect(faults(Line.self, hex(bytes)) == expected)
    }

    @Test func messagesAndWordsHaveNoDefault() {
        #expect(
            faults(Order.self, []) == [
                "/id required is required", "/status required is required", "/total required is required",
                "/createdAt required is required",
            ])
        #expect(
            faults(Order.self, hex("0a 01 78 10 09 1a 01 2e")).prefix(3) == [
                "/id format must be a UUID", "/status enum must be one of pending, paid, sent-out, default", "/total type must be a number",
            ])
        #expect(faults(Outer.Late.self, []) == ["/inner required is required"])
    }

    @Test(arguments: [
        ("10 80 01", "/int8 range must be from -128 to 127"), ("10 ff fe ff ff ff ff ff ff ff 01", "/int8 range must be from -128 to 127"),
        ("18 80 80 02", "/int16 range must be from -32768 to 32767"),
        ("20 80 80 80 80 08", "/int32 range must be from -2147483648 to 2147483647"),
        ("38 80 02", "/uint8 range must be from 0 to 255"), ("38 ff ff ff ff ff ff ff ff ff 01", "/uint8 range must be from 0 to 255"),
        ("48 80 80 80 80 10", "/uint32 range must be from 0 to 4294967295"),
        ("59 00 00 00 00 00 00 f0 7f", "/double range must be a finite number"),
        ("65 00 00 c0 7f", "/float range must be a finite number"),
        ("82 01 02 31 78", "/decimal type must be a number"),
        ("8a 01 06 10 ff ff ff ff 07", "/date range must be in the years 1 to 9999"),
        ("8a 01 06 08 ff ff ff ff 7f", nil), ("8a 01 07 08 ff ff ff ff ff 7f", "/date range must be in the years 1 to 9999"),
    ])
    func numbersThatDoNotFit(bytes: String, fault: String?) {
        // A complete message precedes it; the last field counts.
        #expect(faults(Scalars.self, Protobuf.encode(scalarsAtTheirMost) + hex(bytes)) == (fault.map { [$0] } ?? []))
    }

    @Test func faultsInListsMapsAndChoicesSayWhere() {
        let faulty = Pair(
            first: ["k/1": [Line(sku: "A", quantity: 1, unitPrice: 0), Line(sku: "A", quantity: 0, unitPrice: 0)]], second: 1)
        #expect(faults(Pair<[String: [Line]], Int>.self, Protobuf.encode(faulty)).first?.contains("/quantity range") == true)
        let card = Payment.split(first: .cash, second: .card(Line(sku: "A", quantity: 0, unitPrice: 0)))
        let expected = ["/split/second/card/quantity range must be from 1 to 1000"]
        #expect(faults(Payment.self, Protobuf.encode(card)) == expected)
        #expect(faults(Payment.self, JSON.text(card)) == expected)
        #expect(faults(Payment.self, []) == [" required must have one of card, transfer, cash, split"])
        #expect(faults([Payment].self, hex("0a 00 0a 02 1a 00 0a 00")).map { $0.prefix(2) } == ["/0", "/2"])
    }

    @Test func aListIsAsLongAsItCame() {
        // Three lines, of which the first is not a message and the last violates a rule.
        let lines = Basket(lines: [.transfer(iban: "A"), .cash, .card(Line(sku: "A", quantity: 0, unitPrice: 0))], small: [])
        let bytes = hex("0a 00") + Protobuf.encode(lines) + hex("12 01 80")
        #expect(malformed(Basket.self, bytes) == "a number is incomplete")
        #expect(
            faults(Basket.self, bytes.dropLast(3) + hex("12 05 80 01 01 ff 7f 12 02 ff 01")) == [
                "/lines/0 required must have one of card, transfer, cash, split", "/lines/3/card/quantity range must be from 1 to 1000",
                "/small/0 range must be from -128 to 127", "/small/2 range must be from -128 to 127",
                "/small/3 range must be from -128 to 127",
            ])
        #expect(faults(Basket.self, hex("0a 00")) == ["/lines/0 required must have one of card, transfer, cash, split"])
    }

    @Test func aChildsFieldIsNotItsParents() {
        // The parent's `status` is invalid, and the child has none.
        #expect(
            faults(Parent.self, hex("08 63 12 00")) == [
                "/status enum must be one of pending, paid, sent-out, default", "/child/status required is required",
            ])
    }

    @Test func theLastCaseOfAChoiceCounts() throws {
        #expect(try Protobuf.decode(Payment.self, from: Protobuf.encode(Payment.transfer(iban: "X")) + hex("1a 00")) == .cash)
        // A case with another wire type than its own is unknown.
        #expect(try Protobuf.decode(Payment.self, from: hex("1a 00 10 07 08 01")) == .cash)
    }

    @Test func defaultValuesCountWhereALackCanBeTold() throws {
        let absent = try Protobuf.decode(Defaults.self, from: [])
        #expect(absent == Defaults(list: [], map: [:], perhaps: nil))
        let zeros = Defaults(
            number: 0, text: "", flag: false, list: [], map: [:], perhaps: nil, inner: Example.Inner(a: 0), status: .pending)
        try expectRoundTrip(zeros)
        try expectRoundTrip(Defaults())
    }

    @Test func noMoreFaultsAreKeptThanAreTold() {
        let lines = [[UInt8]](repeating: [0x12, 0x00], count: 5000).flatMap(\.self)
        #expect(faults(NewOrder.self, lines).count == JSONReader.maximumFaults)
    }
}

/// The faults of a message, each as pointer, rule and message.
func faults<Value: Schema>(_ type: Value.Type, _ bytes: [UInt8]) -> [String] {
    do throws(DecodingFailure) {
        _ = try Protobuf.decode(Value.self, from: bytes)
        return []
    } catch {
        guard case .invalid(let faults) = error else { return ["\(error)"] }
        return faults.map { "\($0.pointer) \($0.rule) \($0.message)" }
    }
}
