import Roost

/// Reads the tags of a template. It accepts only a part of Mustache, so that everything in a template can be checked.
struct TemplateParser {
    private var rest: Substring
    private let file: String
    private var position: HTMLPosition?
    private var line = 1
    private(set) var faults: [String] = []

    init(_ content: String, in file: String, _ kind: TemplateKind) {
        rest = content[...]
        self.file = file
        position = kind == .html ? HTMLPosition() : nil
    }

    /// Returns the parts of the template. If there are faults, the parts are not complete.
    mutating func nodes() -> [TemplateNode] {
        let nodes = nodes(in: nil)
        if faults.isEmpty, !rest.isEmpty { fault("there is an end without a beginning") }
        if faults.isEmpty, position?.isBetweenTags == false { fault("the file must not end within a tag, a comment, a style or a script") }
        return nodes
    }

    /// Reads up to the end of a section.
    /// - Parameters:
    ///   - section: The name of the section; `nil` for the whole file.
    ///   - isLayout: Whether the section fills the blocks of a layout. All other content in it would be lost.
    private mutating func nodes(in section: String?, isLayout: Bool = false) -> [TemplateNode] {
        var nodes: [TemplateNode] = []
        while let start = rest.firstRange(of: "{{") {
            pass(rest[..<start.lowerBound], isLayout)
            guard faults.isEmpty else { return nodes }
            rest = rest[start.upperBound...]
            guard let end = rest.firstRange(of: "}}") else {
                fault("{{ is not closed by }}")
                return nodes
            }
            let tag = rest[..<end.lowerBound], sigil = tag.first ?? " ", tagLine = line
            line += tag.count(where: \.isNewline)
            rest = rest[end.upperBound...]
            let name = String("#^/<>$!".contains(sigil) ? tag.dropFirst() : tag).split { $0.isWhitespace }.joined(separator: " ")
            if sigil == "!" { continue }
            guard isName(name, sigil) else { return nodes }
            if sigil == "/" {
                if name != section { fault("{{/\(name)}} does not end \(section.map { "{{/\($0)}}" } ?? "anything")") }
                return nodes
            }
            if isLayout, sigil != "$" { fault("only blocks can stand here") }
            nodes.append(node(sigil, name, tagLine))
        }
        pass(rest, isLayout)
        rest = ""
        if let section { fault("{{/\(section)}} is missing") }
        return nodes
    }

    private mutating func node(_ sigil: Character, _ name: String, _ line: Int) -> TemplateNode {
        // The content that another file puts here begins as the text of an element.
        if "<$>".contains(sigil), position?.isBetweenTags == false {
            fault("{{\(sigil)\(name)}} must be between tags, and not within one, a comment, a style or a script")
        }
        switch sigil {
        case "#", "^": return .section(name, isInverted: sigil == "^", part(name), line: line)
        case "<": return .layout(name, nodes(in: name, isLayout: true), line: line)
        case "$": return .block(name, part(name), line: line)
        case ">": return .include(name, line: line)
        default:
            if position?.admitsValues == false {
                fault("{{\(name)}} must be in the text of an element, or in an attribute in quotes: elsewhere nothing can be escaped")
            }
            return .value(name, line: line)
        }
    }

    /// Reads a section or a block, which may be left out or repeated, so that it has to end where it began.
    private mutating func part(_ name: String) -> [TemplateNode] {
        let start = position, nodes = nodes(in: name)
        if faults.isEmpty, position != start { fault("{{/\(name)}} must be at the same place in the HTML as its beginning") }
        return nodes
    }

    private mutating func isName(_ name: String, _ sigil: Character) -> Bool {
        let isName = name.wholeMatch(of: /\.|[A-Za-z][A-Za-z0-9_-]*(\.[A-Za-z][A-Za-z0-9_]*)*/) != nil
        guard !isName else { return true }
        let start = sigil.isWhitespace ? "" : String(sigil)
        fault("{{\(start)…}} is not allowed: values, sections, comments, {{>file}}, {{<file}} and {{$block}} are")
        return false
    }

    /// Advances past text.
    private mutating func pass(_ text: Substring, _ isLayout: Bool) {
        line += text.count(where: \.isNewline)
        position?.pass(text)
        if isLayout, !text.allSatisfy(\.isWhitespace) { fault("only blocks can stand here") }
    }

    private mutating func fault(_ message: String) {
        // Later faults may only be consequences of the first one.
        if faults.isEmpty { faults.append("\(file):\(line): \(message)") }
        rest = ""
    }
}
