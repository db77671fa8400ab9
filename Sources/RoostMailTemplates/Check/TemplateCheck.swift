import Roost

/// Checks that templates only show fields that exist.
struct TemplateCheck {
    let files: [String: TemplateFile]
    let kind: TemplateKind
    var faults: [String] = []
    /// The files that include the one that is checked.
    private var path: [String]

    /// - Parameters:
    ///   - name: The file whose content is checked first.
    ///   - files: The files that can include each other.
    ///   - kind: Their kind.
    init(of name: String, files: [String: TemplateFile], kind: TemplateKind) {
        path = [name]
        self.files = files
        self.kind = kind
    }

    /// Checks a part of a template.
    /// - Parameters:
    ///   - nodes: The part.
    ///   - file: The file that it is in.
    ///   - scopes: The schemas of the values whose fields can be named there, the innermost last.
    mutating func check(_ nodes: [TemplateNode], in file: String, _ scopes: [JSONSchema]) {
        for node in nodes {
            switch node {
            case .value(let name, let line): checkValue(name, at: place(file, line), scopes)
            case .section(let name, let isInverted, let content, let line):
                let inner = section(name, at: place(file, line), scopes)
                check(content, in: file, isInverted ? scopes : scopes + inner)
            case .include(let name, let line): include(name, at: place(file, line), scopes)
            case .layout(let name, let content, let line):
                include(name, at: place(file, line), scopes)
                checkBlocks(content, of: name, in: file)
                check(content, in: file, scopes)
            case .block(_, let content, _): check(content, in: file, scopes)
            }
        }
    }

    private mutating func checkValue(_ name: String, at place: String, _ scopes: [JSONSchema]) {
        guard let found = find(name, at: place, scopes) else { return }
        switch found.content {
        case .scalar, .words: return
        case .array: faults.append("\(place): {{\(name)}} is a list: {{#\(name)}}{{.}}{{/\(name)}} shows each of its items")
        default: faults.append("\(place): {{\(name)}} is not a text or a number: name one of its fields")
        }
    }

    /// Returns the schemas whose fields can be named in a section.
    private mutating func section(_ name: String, at place: String, _ scopes: [JSONSchema]) -> [JSONSchema] {
        guard let found = find(name, at: place, scopes) else { return [] }
        switch found.content {
        case .array(let item): return [item.content]
        case .object: return [found.content]
        case .scalar("boolean", _): return []
        case .scalar, .words: return [found.content]
        default:
            faults.append("\(place): {{#\(name)}} is not a list, an object, true or false, or something optional")
            return []
        }
    }

    private mutating func include(_ name: String, at place: String, _ scopes: [JSONSchema]) {
        guard let file = files[name] else {
            return faults.append("\(place): there is no \(name).\(kind.rawValue)")
        }
        guard !path.contains(name) else { return faults.append("\(place): \(name).\(kind.rawValue) includes itself") }
        path.append(name)
        check(file.nodes, in: name, scopes)
        path.removeLast()
    }

    /// Checks that the layout has each block that a template fills. Other content would be lost.
    private mutating func checkBlocks(_ content: [TemplateNode], of layout: String, in file: String) {
        let blocks = Set(files[layout]?.nodes.flatMap(\.blocks) ?? [])
        for case .block(let name, _, let line) in content where !blocks.contains(name) {
            faults.append("\(place(file, line)): \(layout).\(kind.rawValue) has no block {{$\(name)}}")
        }
    }

    /// Finds what a name stands for: the first part in the innermost value that has it, and each further one in the value before it.
    private mutating func find(_ name: String, at place: String, _ scopes: [JSONSchema]) -> JSONSchema? {
        if name == "." { return scopes.last }
        let parts = name.split(separator: ".").map(String.init)
        var found = scopes.reversed().lazy.compactMap { $0.field(parts[0]) }.first
        for part in parts.dropFirst() { found = found?.field(part) }
        if found == nil { faults.append("\(place): {{\(name)}} is unknown\(known(scopes))") }
        return found
    }

    private func known(_ scopes: [JSONSchema]) -> String {
        let names = scopes.flatMap(\.fields).map(\.name)
        return names.isEmpty ? "" : ": there are \(names.joined(separator: ", "))"
    }

    private func place(_ file: String, _ line: Int) -> String { "\(file).\(kind.rawValue):\(line)" }
}

extension TemplateNode {
    /// The names of the blocks in this part.
    fileprivate var blocks: [String] {
        switch self {
        case .block(let name, let content, _): [name] + content.flatMap(\.blocks)
        case .section(_, _, let content, _), .layout(_, let content, _): content.flatMap(\.blocks)
        case .value, .include: []
        }
    }
}

extension JSONSchema {
    /// The schema without constraints, and without `null`.
    fileprivate var content: JSONSchema {
        switch self {
        case .constrained(let schema, _), .nullable(let schema): schema.content
        default: self
        }
    }

    fileprivate var fields: [Field] { if case .object(_, _, let fields) = content { fields() } else { [] } }

    fileprivate func field(_ name: String) -> JSONSchema? { fields.first { $0.name == name }?.schema }
}
