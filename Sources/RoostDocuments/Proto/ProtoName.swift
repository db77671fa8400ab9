/// Names as the style guide of Protocol Buffers wants them.
enum ProtoName {
    /// `unit_price`, of the property `unitPrice`.
    static func field(_ name: String) -> String { identifier(snake(name), before: "x") }

    /// `OrderLine`.
    static func type(_ name: String) -> String {
        let name = identifier(Array(name), before: "X")
        return name.prefix(1).uppercased() + name.dropFirst()
    }

    /// `ORDER_STATUS_SENT_OUT`, of the word `sent-out` in the enumeration `OrderStatus`.
    static func value(_ word: String, of enumeration: String) -> String {
        String(snake(enumeration) + ["_"] + identifier(snake(word), before: "")).uppercased()
    }

    /// The name that readers of JSON give a field which says none: `unit_price` is `unitPrice` (descriptor.proto, `json_name`).
    static func json(_ field: String) -> String {
        var json = "", isWordStart = false
        for character in field {
            if character != "_" { json += isWordStart ? character.uppercased() : String(character) }
            isWordStart = character == "_"
        }
        return json
    }

    /// Words begin at a capital that follows a small letter or a digit, and at the last capital of several: `requestID`, `HTTPError`.
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

    /// Letters, digits and `_`, beginning with a letter: `first` is put before another.
    private static func identifier(_ name: [Character], before first: String) -> String {
        let name = String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
        return name.first?.isLetter == true ? name : first + name
    }
}

/// The names that are in use in one place. Each is given out once.
struct ProtoNames {
    private var taken: Set<String> = []
    /// Whether names count as the same that differ in case and `_` alone, as fields and the values of an enumeration do for protoc.
    private let folds: Bool

    init(folds: Bool = false) { self.folds = folds }

    /// The name, with a number behind it where it is taken.
    mutating func claim(_ name: String) -> String {
        var claimed = name, number = 2
        while !taken.insert(key(claimed)).inserted {
            claimed = name + (folds ? "_" : "") + String(number)
            number += 1
        }
        return claimed
    }

    /// The names of a message's fields. A property whose name is a field's already keeps it, as the libraries of Protocol Buffers take no
    /// name for one field that another has in JSON.
    static func fields(_ properties: [String]) -> [String] {
        var names = ProtoNames(folds: true)
        var fields = properties.map(ProtoName.field)
        let ownFirst = fields.indices.filter { fields[$0] == properties[$0] } + fields.indices.filter { fields[$0] != properties[$0] }
        for index in ownFirst { fields[index] = names.claim(fields[index]) }
        return fields
    }

    private func key(_ name: String) -> String { folds ? name.lowercased().filter { $0 != "_" } : name }
}
