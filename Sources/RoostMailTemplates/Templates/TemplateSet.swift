import Mustache
import Roost

/// The kind of content that a template makes.
enum TemplateKind: String {
    case text = "txt"
    case html

    init?(of name: String) {
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return nil }
        self.init(rawValue: String(name[name.index(after: dot)...]))
    }
}

/// A file of templates.
struct TemplateFile: Sendable {
    /// The template of the subject, in the text of a mail.
    let subject: MustacheTemplate?
    let template: MustacheTemplate
    /// The same as a tree, for the check.
    let nodes: [TemplateNode]
}

/// The files of one kind, which can include each other.
struct TemplateSet: Sendable {
    let kind: TemplateKind
    private(set) var files: [String: TemplateFile] = [:]
    private(set) var library = MustacheLibrary()

    /// Reads the files of one kind.
    /// - Parameters:
    ///   - kind: The kind.
    ///   - contents: The contents of files of any kind, by their names.
    ///   - faults: Receives a line for each fault.
    init(_ kind: TemplateKind, _ contents: [String: String], _ faults: inout [String]) {
        self.kind = kind
        for (file, content) in contents where TemplateKind(of: file) == kind {
            let content = content.replacing("\r\n", with: "\n")
            var parser = TemplateParser(content, in: file, kind)
            let nodes = parser.nodes()
            faults += parser.faults
            guard parser.faults.isEmpty else { continue }
            do {
                let name = String(file.dropLast(kind.rawValue.count + 1))
                let (subject, body) = Self.parts(of: content, kind)
                files[name] = TemplateFile(
                    subject: try subject.map(Self.template), template: try Self.template(body), nodes: nodes)
                library.register(try Self.template(body), named: name)
            } catch {
                // The check accepts less than the library, so the library does not find further faults, unless it changes.
                faults.append("\(file): \((error as? MustacheTemplate.ParserError)?.error ?? error)")
            }
        }
    }

    /// Returns the faults of a mail's file and of the files that it includes, a line each.
    func faults(of name: String, _ schema: JSONSchema) -> [String] {
        guard let file = files[name] else { return ["the mail template \(name).\(kind.rawValue) is missing"] }
        var check = TemplateCheck(of: name, files: files, kind: kind)
        check.check(file.nodes, in: name, [schema])
        if kind == .text, file.subject == nil {
            check.faults.append("\(name).txt:1: the text of a mail begins with the line \"Subject: …\" and an empty line")
        }
        return check.faults
    }

    /// Compiles a template that the library does not escape. It would not escape a `<` before a combining mark such as U+0301, which are one
    /// `Character`, and would escape values in included files in another way. So values are escaped before the library gets them.
    private static func template(_ text: some StringProtocol) throws -> MustacheTemplate {
        try MustacheTemplate(string: "{{% CONTENT_TYPE: TEXT}}\n" + text)
    }

    /// Returns the subject and the rest of a text.
    private static func parts(of content: String, _ kind: TemplateKind) -> (subject: Substring?, body: Substring) {
        let prefix = "Subject: "
        guard kind == .text, content.hasPrefix(prefix), let end = content.firstRange(of: "\n\n") else { return (nil, content[...]) }
        let subject = content[..<end.lowerBound].dropFirst(prefix.count)
        return subject.contains("\n") ? (nil, content[...]) : (subject, content[end.upperBound...])
    }
}
