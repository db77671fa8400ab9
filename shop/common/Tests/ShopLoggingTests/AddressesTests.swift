import Testing

@testable import ShopLogging

@Suite struct AddressesTests {
    @Test(arguments: [
        ("ada@example.com", "a…@example.com"), ("550 <ada.lovelace+x@mail.example.com>: no", "550 <a…@mail.example.com>: no"),
        ("to=ada@example.com,eve@example.com", "to=a…@example.com,e…@example.com"), ("a@b.example", "a…@b.example"),
        ("bounces+018f-7@shop.example a@b", "b…@shop.example a…@b"), ("ada@example.com@eve", "a…@e…@eve"),
    ])
    func anAddressShowsItsDomainOnly(text: String, shown: String) { #expect(Addresses.hidden(text) == shown) }

    @Test(arguments: ["", "@", "@@", "no address", "@Subscribe", "5 @ 3", "smtp://***@mail.example", "ü@", "a @b", "a@", "a@ b", "\u{0}@x"])
    func everythingElseStays(text: String) { #expect(Addresses.hidden(text) == text) }
}
