import SwiftSyntax

/// The parameters that come from header fields, `headers: ["key": "Idempotency-Key"]`, and from cookies, `cookies: ["guest": "guest"]`.
struct PartNames {
    /// A part of the request whose names differ from those of the parameters.
    enum Part {
        case header, cookie

        /// The argument of the attribute.
        var label: String { self == .header ? "headers" : "cookies" }
        var plural: String { self == .header ? "header fields" : "cookies" }
        fileprivate var singular: String { self == .header ? "header field" : "cookie" }
        fileprivate var example: String { self == .header ? "[\"key\": \"Idempotency-Key\"]" : "[\"guest\": \"guest-id\"]" }
    }

    /// The names of the parameters, each with its source location.
    private(set) var keys: [(part: Part, name: String, node: Syntax)] = []
    private var headers: [String: String] = [:]
    private var cookies: [String: String] = [:]

    init(_ attribute: AttributeSyntax, _ findings: inout Findings) {
        headers = read(.header, attribute, &findings)
        cookies = read(.cookie, attribute, &findings)
    }

    /// Returns the header field of a parameter, or `nil` if it is not one.
    func header(of parameter: String) -> String? { headers[parameter] }

    /// Returns the cookie of a parameter, or `nil` if it is not one.
    func cookie(of parameter: String) -> String? { cookies[parameter] }

    private mutating func read(_ part: Part, _ attribute: AttributeSyntax, _ findings: inout Findings) -> [String: String] {
        guard let expression = attribute.argument(part.label) else { return [:] }
        guard let dictionary = expression.as(DictionaryExprSyntax.self) else {
            findings.error("write the \(part.plural) here, as in \(part.example)", at: expression)
            return [:]
        }
        var names: [String: String] = [:]
        guard case .elements(let elements) = dictionary.content else { return names }
        for element in elements {
            guard let key = element.key.plainText, let value = element.value.plainText else {
                findings.error(
                    "write the parameter's and the \(part == .header ? "field" : part.singular)'s name as plain strings", at: element)
                continue
            }
            if value.isEmpty || !value.utf8.allSatisfy({ $0.isNameByte || "!#$%&'*+-.^`|~".utf8.contains($0) }) {
                findings.error("`\(value)` is not a valid \(part.singular) name: use letters, digits and -", at: element.value)
            }
            if names[key] != nil { findings.error("`\(key)` can come from only one \(part.singular): remove the other", at: element.key) }
            keys.append((part, key, Syntax(element.key)))
            names[key] = value
        }
        return names
    }
}
