import Roost

/// A currency that prices can be in: an active currency of ISO 4217 that has a minor unit.
public struct Currency: Hashable, Sendable {
    /// The code in capital letters, such as `EUR`.
    public let code: String
    /// The number of decimal places of the minor unit, such as 2 for EUR and 0 for JPY.
    public let minorDigits: Int

    /// The euro.
    public static let euro = Currency(known: "EUR", 2)

    /// Creates the currency with this code, or returns `nil` if this is not the code of an active currency. Codes are compared by their
    /// bytes.
    public init?(_ code: String) {
        guard code.utf8.count == 3, let digits = Self.minorDigits[code] else { return nil }
        self.init(known: code, digits)
    }

    private init(known code: String, _ minorDigits: Int) {
        self.code = code
        self.minorDigits = minorDigits
    }

    /// ISO 4217:2015, list one as published on 2026-01-01 by its maintenance agency
    /// (https://www.six-group.com/en/products-services/financial-information/data-standards.html, "List One: Currency, Fund and Precious
    /// Metal Codes"), without the codes to which no minor unit applies: metals, accounting units and codes that are not currencies.
    private static let minorDigits: [String: Int] = {
        let codes: [(Int, String)] = [
            (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
            (
                2,
                """
                AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW \
                CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF \
                IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK \
                MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP \
                SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG \
                YER ZAR ZMW ZWG
                """
            ),
            (3, "BHD IQD JOD KWD LYD OMR TND"),
            (4, "CLF UYW"),
        ]
        return Dictionary(uniqueKeysWithValues: codes.flatMap { digits, codes in codes.split(separator: " ").map { (String($0), digits) } })
    }()
}

/// Encoded as a string in JSON and in Protocol Buffers.
extension Currency: Schema {
    private static let format = Format("currency", expectation: "an ISO 4217 currency code, such as EUR") { Currency($0) != nil }

    /// A string with three characters in the format `currency`.
    public static var schema: JSONSchema { .string.length(Bounds(3...3)).format(format) }

    /// Decodes a code, or notes a fault and returns `nil`.
    public static func decode(from json: inout JSONReader) throws(DecodingFailure) -> Currency? {
        let start = json.position()
        guard let code = try json.readString() else { return nil }
        json.check(format: format, of: code, at: start)
        return Currency(code)
    }

    /// Writes the code.
    public func encode(to json: inout JSONWriter) { json.string(code) }

    /// A `string` field.
    public static var protobufKind: ProtobufKind { .text }

    /// Decodes a code, or notes a fault and returns `nil`.
    public static func decode(from message: inout ProtobufReader) throws(DecodingFailure) -> Currency? {
        guard let code = try message.text() else { return nil }
        let currency = Currency(code)
        if currency == nil { message.fault("format", "must be \(format.expectation)") }
        return currency
    }

    /// Writes the code.
    public func encode(to message: inout ProtobufWriter) { message.text(code) }
}
