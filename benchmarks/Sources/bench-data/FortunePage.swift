/// The fortunes as a page.
enum FortunePage {
    static func html(of fortunes: [FortuneRow]) -> [UInt8] {
        var page: [UInt8] = []
        page.reserveCapacity(4096)
        page += "<!DOCTYPE html><html><head><title>Fortunes</title></head><body><table><tr><th>id</th><th>message</th></tr>".utf8
        for fortune in fortunes {
            page += "<tr><td>\(fortune.id)</td><td>".utf8
            append(fortune.message, to: &page)
            page += "</td></tr>".utf8
        }
        page += "</table></body></html>".utf8
        return page
    }

    /// Appends text in which no character is taken for a part of a tag or a reference.
    private static func append(_ text: String, to page: inout [UInt8]) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "<"): page += "&lt;".utf8
            case UInt8(ascii: ">"): page += "&gt;".utf8
            case UInt8(ascii: "&"): page += "&amp;".utf8
            case UInt8(ascii: "\""): page += "&quot;".utf8
            case UInt8(ascii: "'"): page += "&#39;".utf8
            default: page.append(byte)
            }
        }
    }
}
