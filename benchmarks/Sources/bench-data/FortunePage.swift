/// The fortunes as a page.
enum FortunePage {
    static func html(of fortunes: [FortuneRow]) -> String {
        var html = "<!DOCTYPE html><html><head><title>Fortunes</title></head><body><table><tr><th>id</th><th>message</th></tr>"
        for fortune in fortunes {
            html += "<tr><td>\(fortune.id)</td><td>"
            append(fortune.message, to: &html)
            html += "</td></tr>"
        }
        return html + "</table></body></html>"
    }

    /// Appends text in which no character is taken for a part of a tag or a reference.
    private static func append(_ text: String, to html: inout String) {
        for scalar in text.unicodeScalars {
            switch scalar {
            case "<": html += "&lt;"
            case ">": html += "&gt;"
            case "&": html += "&amp;"
            case "\"": html += "&quot;"
            case "'": html += "&#39;"
            default: html.unicodeScalars.append(scalar)
            }
        }
    }
}
