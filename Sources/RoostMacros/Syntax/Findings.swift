import SwiftDiagnostics
import SwiftSyntax

/// What is wrong with a declaration: every finding is reported, not the first alone.
struct Findings {
    private(set) var diagnostics: [Diagnostic] = []

    /// - Parameter message: says what is wrong and what to write instead.
    mutating func error(_ message: String, at node: some SyntaxProtocol) {
        diagnostics.append(Diagnostic(node: node, message: Finding(message: message)))
    }

    /// - Throws: what was found, if anything was.
    func check() throws {
        if !diagnostics.isEmpty { throw DiagnosticsError(diagnostics: diagnostics) }
    }
}

private struct Finding: DiagnosticMessage {
    let message: String
    let diagnosticID = MessageID(domain: "Roost", id: "declaration")
    let severity = DiagnosticSeverity.error
}
