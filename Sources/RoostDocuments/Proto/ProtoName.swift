/// Converts names to the style guide of Protocol Buffers.
enum ProtoName {
    /// Returns the name of a field, such as `unit_price` for the property `unitPrice`.
    static func field(_ name: String) -> String { identifier(snake(name), before: "x") }

    /// Returns the name of a type, such as `OrderLine`.
    static func type(_ name: String) -> String {
        let name = identifier(Array(name), before: "X")
        return name.prefix(1).uppercased() + name.dropFirst()
    }

    /// Returns the name of a value, such as `ORDER_STATUS_SENT_OUT` for the word `sent-out` of the enumeration `OrderStatus`.
    static func value(_ word: String, of enumeration: String) -> String {
        String(snake(enumeration) + ["_"] + identifier(snake(word), before: "")).uppercased()
    }

    /// Returns the default JSON name of a field, such as `unitPrice` for `unit_price` (descriptor.proto, `json_name`).
    static func json(_ field: String) -> String {
        var json = "", isWordStart = false
        for character in field {
            if character != "_" { json += isWordStart ? character.uppercased() : String(character) }
            isWordStart = character == "_"
        }
        return json
    }

    /// Converts a name to snake case. A word begins at a capital letter after a small letter or a digit, and at the last of several capital
    /// letters, as in `requestID` and `HTTPError`.
    private static func snake(_ name: String) -> [Character] {
        let characters = Array(name)
        return characters.enumerated().flatMap { index, character -> [Character] in
            guard isCapital(character), index > 0 else { return Array(character.lowercased()) }
            let followsSmall = !isCapital(characters[index - 1]) && characters[index - 1] != "_"
            let precedesSmall = index + 1 < characters.count && characters[index + 1].isLowercase
            let begins = followsSmall || precedesSmall && isCapital(characters[index - 1])
            return (begins ? ["_"] : []) + Array(character.lowercased())
        }
    }

    private static func isCapital(_ character: Character) -> Bool { character.isASCII && character.isUppercase }

    /// Returns a name with letters, digits and `_` only. If it does not begin with a letter, it is prefixed with `first`.
    private static func identifier(_ name: [Character], before first: String) -> String {
        let name = String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
        return name.first?.isLetter == true ? name : first + name
    }
}

/// The names in one scope, each of which can be claimed once.
struct ProtoNames {
    private var taken: Set<String> = []
    /// Whether names that differ only in case and `_` are the same, as protoc requires for fields and the values of an enumeration.
    private let folds: Bool

    init(folds: Bool = false) { self.folds = folds }

    /// Returns the name, with a number appended if it is taken.
    mutating func claim(_ name: String) -> String {
        var claimed = name, number = 2
        while !taken.insert(key(claimed)).inserted {
            claimed = name + (folds ? "_" : "") + String(number)
            number += 1
        }
        return claimed
    }

    /// Returns the names of a message's fields. A property that is already named like a field keeps its name, because Protocol Buffers
    /// libraries do not accept a name that another field has in JSON.
    static func fields(_ properties: [String]) -> [String] {
        var names = ProtoNames(folds: true)
        var fields = properties.map(ProtoName.field)
        let ownFirst = fields.indices.filter { fields[$0] == properties[$0] } + fields.indices.filter { fields[$0] != properties[$0] }
        for index in ownFirst { fields[index] = names.claim(fields[index]) }
        return fields
    }

    private func key(_ name: String) -> String { folds ? name.lowercased().filter { $0 != "_" } : name }
}
