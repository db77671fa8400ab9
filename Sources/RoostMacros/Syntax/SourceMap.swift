import SwiftSyntax
import SwiftSyntaxMacros

extension MacroExpansionContext {
    /// A line of the expansion that counts as a line of the source, so that the compiler reports its errors there.
    func line(_ text: String, asAt node: some SyntaxProtocol) -> [String] {
        guard let location = location(of: node, at: .afterLeadingTrivia, filePathMode: .filePath) else { return [text] }
        return ["#sourceLocation(file: \(location.file), line: \(location.line))", text, "#sourceLocation()"]
    }
}

extension [String] {
    /// The lines without a switch back to the expansion that is followed at once by a switch to another location in the source.
    var placed: [String] {
        enumerated().filter { index, line in
            line != "#sourceLocation()" || index + 1 == count || !self[index + 1].hasPrefix("#sourceLocation(file:")
        }.map(\.element)
    }
}
