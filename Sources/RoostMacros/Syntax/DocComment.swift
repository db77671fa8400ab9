import SwiftSyntax

/// The content of a declaration's doc comment.
struct DocComment {
    /// The paragraphs, each on one line, up to the first list of parameters or the like.
    let paragraphs: [String]

    init(of declaration: some SyntaxProtocol) {
        var paragraphs = [""]
        for line in Self.lines(of: declaration.leadingTrivia) {
            if line.hasPrefix("- Parameter") || line.hasPrefix("- Returns:") || line.hasPrefix("- Throws:") { break }
            if line.isEmpty {
                paragraphs.append("")
            } else {
                paragraphs[paragraphs.count - 1] += (paragraphs[paragraphs.count - 1].isEmpty ? "" : " ") + line
            }
        }
        self.paragraphs = paragraphs.filter { !$0.isEmpty }
    }

    /// The comment as arguments: the first paragraph as the summary, the others as details.
    var arguments: [String] {
        let details = paragraphs.dropFirst().joined(separator: "\n")
        return paragraphs.prefix(1).map { "summary: \($0.literal)" } + (details.isEmpty ? [] : ["details: \(details.literal)"])
    }
    var text: String { paragraphs.joined(separator: "\n") }

    private static func lines(of trivia: Trivia) -> [String] {
        trivia.flatMap { piece -> [String] in
            switch piece {
            case .docLineComment(let line): [trimmed(line.dropFirst(3))]
            case .docBlockComment(let block):
                block.dropFirst(3).dropLast(2).split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map { line in
                    let text = trimmed(line)
                    return text.hasPrefix("*") ? trimmed(text.dropFirst()) : text
                }
            default: []
            }
        }
    }

    private static func trimmed(_ line: some StringProtocol) -> String {
        var text = Substring(line)
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
