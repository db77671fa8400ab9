import Money
import Roost
import Testing

@Suite struct MoneyTests {
    private let euro = Currency.euro

    @Test func moneyOfOneCurrencyAdds() throws {
        #expect(try Money(1, euro) + .euros(cents: 2) == .euros(cents: 3))
        #expect(try [Money.euros(cents: 1), .euros(cents: 2), .euros(cents: 3)].total(ofNothingIn: euro) == .euros(cents: 6))
        #expect(try [Money]().total(ofNothingIn: #require(Currency("JPY"))).description == "0 JPY")
    }

    @Test func moneyOfDifferentCurrenciesDoesNotAdd() throws {
        let dollars = try Money(1000, #require(Currency("USD"))), yen = try Money(1000, #require(Currency("JPY")))
        #expect(performing: { try dollars + yen }, throws: isRefused(with: .conflict))
        #expect(performing: { try [dollars, yen].total(ofNothingIn: euro) }, throws: isRefused(with: .conflict))
        #expect(performing: { try Money.zero(euro) + .zero(yen.currency) }, throws: isRefused(with: .conflict))
        #expect(try Money(1000, euro) != dollars)
    }

    /// Each is more than the limit, or more than a number of 64 bits holds.
    @Test(arguments: [
        (Money.limit, 2), (Money.limit, 1000), (1, Money.limit + 1), (Money.limit, Int.max), (2, Int.max), (Money.limit, Int.min), (1, -1),
    ])
    func aProductBeyondTheLimitIsRefused(amount: Int, quantity: Int) throws {
        let price = try Money(amount, euro)
        #expect(performing: { try price * quantity }, throws: isRefused(with: .unprocessable))
    }

    @Test func aSumBeyondTheLimitIsRefused() throws {
        let most = try Money(Money.limit, euro)
        #expect(performing: { try most + .euros(cents: 1) }, throws: isRefused(with: .unprocessable))
        #expect(performing: { try Array(repeating: most, count: 2).total(ofNothingIn: euro) }, throws: isRefused(with: .unprocessable))
        #expect(try most + .zero(euro) == most)
        #expect(try most * 1 == most && most * 0 == .zero(euro))
        for amount in [-1, Money.limit + 1, .max, .min] {
            #expect(performing: { try Money(amount, euro) }, throws: isRefused(with: .unprocessable))
        }
    }

    @Test(arguments: ["EUR", "USD", "JPY", "KWD", "CLF", "CHF", "XOF", "ZWG", "XCG"])
    func theActiveCodesOfISO4217AreCurrencies(code: String) throws {
        #expect(Currency(code)?.code == code)
        #expect(try money(#"{"amount":5,"currency":"\#(code)"}"#).currency.code == code)
    }

    /// Among them codes that are of the past, of metals, and one whose first letter (U+212A) Unicode joins with a K.
    @Test(arguments: [
        "", "eur", "Eur", "EURO", "EU", "ABC", "QQQ", "DEM", "HRK", "XAU", "€", "EUR ", " EUR", "\u{212A}WD", "E\u{301}UR", "978",
    ])
    func anythingElseIsNone(code: String) throws {
        #expect(Currency(code) == nil)
        let failure = #expect(throws: DecodingFailure.self) { try money(#"{"amount":5,"currency":"\#(code)"}"#) }
        #expect(failure?.problem.errors.map(\.pointer) == ["/currency"] && failure?.problem.errors.map(\.rule) == ["format"])
        let message = [0x08, 0x05, 0x12, UInt8(code.utf8.count)] + Array(code.utf8)
        #expect(throws: DecodingFailure.self) { try Protobuf.decode(Money.self, from: message) }
    }

    @Test func bothFormatsCarryMoneyAsBefore() throws {
        let money = Money.euros(cents: 1999)
        #expect(JSON.text(money) == #"{"amount":1999,"currency":"EUR"}"#)
        #expect(try Protobuf.decode(Money.self, from: Protobuf.encode(money)) == money)
        #expect(Protobuf.encode(money) == [0x08, 0xCF, 0x0F, 0x12, 0x03, 0x45, 0x55, 0x52])
        for amount in ["-1", "1000000000001", "9223372036854775808", "1e30", "1.5", "\"5\"", "null"] {
            #expect(throws: DecodingFailure.self) { try self.money(#"{"amount":\#(amount),"currency":"EUR"}"#) }
        }
    }

    @Test(arguments: [
        (0, "EUR", "0.00 EUR"), (5, "EUR", "0.05 EUR"), (1999, "EUR", "19.99 EUR"), (1999, "JPY", "1999 JPY"), (1999, "KWD", "1.999 KWD"),
        (1, "CLF", "0.0001 CLF"),
    ])
    func anAmountIsWrittenWithTheDigitsOfItsCurrency(amount: Int, code: String, text: String) throws {
        #expect(try Money(amount, #require(Currency(code))).description == text)
    }

    private func money(_ json: String) throws -> Money { try JSON.decode(from: Array(json.utf8)) }

    private func isRefused(with status: Status) -> @Sendable (any Error) -> Bool { { ($0 as? Problem)?.status == status } }
}
