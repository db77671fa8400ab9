import Mustache
import Roost

/// Converts values to the form that the template library takes.
enum TemplateValue {
    /// Returns a value.
    /// - Parameters:
    ///   - json: The value.
    ///   - escape: Changes each text.
    static func of(_ json: JSONValue, escaping escape: (String) -> String = { $0 }) -> Any {
        switch json {
        case .null: Absent()
        case .bool(let value): value
        case .number(let value): Int(exactly: value).map(String.init) ?? "\(value)"
        case .string(let text): escape(text)
        case .array(let values): values.map { of($0, escaping: escape) }
        case .object(let members): members.mapValues { of($0, escaping: escape) }
        }
    }

    /// Shows nothing. Without it, the library would look for the name in the enclosing values.
    private struct Absent: MustacheCustomRenderable {
        let renderText = ""
        let isNull = true
    }
}

/// Text in HTML.
enum HTMLText {
    /// Returns a text as the content of an element, or of an attribute in quotes.
    static func escaped(_ text: String) -> String {
        // By Unicode scalar: for Swift, a "<" with a combining mark is another character, but for a browser it is the same.
        text.unicodeScalars.reduce(into: "") { html, scalar in
            switch scalar {
            case "&": html += "&amp;"
            case "<": html += "&lt;"
            case ">": html += "&gt;"
            case "\"": html += "&quot;"
            case "'": html += "&#39;"
            default: html.unicodeScalars.append(scalar)
            }
        }
    }
}
