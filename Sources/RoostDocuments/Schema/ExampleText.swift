/// Example texts, chosen by format or else by the name of the value.
enum ExampleText {
    /// Returns an example text.
    /// - Parameters:
    ///   - name: The name of the value.
    ///   - format: The format, if any.
    ///   - length: The allowed number of characters.
    static func of(_ name: String, _ format: String?, length: ClosedRange<Int>) -> String {
        if let format, let text = formatted[format] { return text }
        let text = named[name.lowercased()] ?? suffixed(name.lowercased()) ?? words(of: name)
        return fitted(text, length)
    }

    private static let formatted = [
        "email": "ada@example.com", "uuid": "01939c5e-7b1a-7000-8000-0242ac120002", "date-time": "2026-11-24T09:30:00.000Z",
        "uri": "https://example.com/", "token": "first", "cursor": "VEVBLTAwMDE", "binary": "", "byte": "AQID",
    ]

    /// Texts for common names of fields.
    private static let named = [
        "name": "Ada Lovelace", "goods": "Earl Grey", "street": "1 Analytical Road", "city": "Paris", "postalcode": "75001",
        "country": "FR",
        "currency": "EUR", "language": "en", "phone": "+33 1 23 45 67 89", "sku": "TEA-0001", "iban": "FR7630006000011234567890189",
        "description": "Everything there is to know about it.", "note": "Ring twice.", "text": "Hello.", "subject": "Hello",
        "title": "First",
        "password": "correct horse battery staple", "category": "tea", "query": "tea", "to": "ada@example.com",
    ]

    private static func suffixed(_ name: String) -> String? {
        if name.hasSuffix("url") || name.hasSuffix("uri") { return "https://example.com/" }
        if name.hasSuffix("email") { return "ada@example.com" }
        if name.hasSuffix("token") { return "tok_ok" }
        return name.hasSuffix("id") ? "1" : nil
    }

    /// Returns a name in words, such as "shipping address" for `shippingAddress`.
    private static func words(of name: String) -> String {
        let words = name.reduce(into: "") { text, character in
            if character.isUppercase { text += " " + character.lowercased() } else { text.append(character) }
        }
        return words.isEmpty ? "text" : words
    }

    private static func fitted(_ text: String, _ length: ClosedRange<Int>) -> String {
        var text = String(text.prefix(length.upperBound))
        while text.unicodeScalars.count < length.lowerBound { text.append("x") }
        return text
    }
}
