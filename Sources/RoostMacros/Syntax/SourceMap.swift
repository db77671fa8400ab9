import SwiftSyntax
import SwiftSyntaxMacros

extension MacroExpansionContext {
    /// A line of the expansion that counts as one of the source, so that what the compiler finds wrong with it is shown there.
    func line(_ text: String, asAt node: some SyntaxProtocol) -> [String] {
        guard let location = location(of: node, at: .afterLeadingTrivia, filePathMode: .filePath) else { return [text] }
        return ["#sourceLocation(file: \(location.file), line: \(location.line))", text, "#sourceLocation()"]
    }
}

extension [String] {
    /// The lines without the returns to the expansion that another place in the source follows at once.
    var placed: [String] {
        enumerated().filter { index, line in
            line != "#sourceLocation()" || index + 1 == count || !self[index + 1].hasPrefix("#sourceLocation(file:")
        }.map(\.element)
    }
}
