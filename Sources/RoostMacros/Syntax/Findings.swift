import SwiftDiagnostics
import SwiftSyntax

/// The errors in a declaration. All of them are reported, not only the first.
struct Findings {
    private(set) var diagnostics: [Diagnostic] = []

    /// - Parameter message: What is wrong, and what to write instead.
    mutating func error(_ message: String, at node: some SyntaxProtocol) {
        diagnostics.append(Diagnostic(node: node, message: Finding(message: message)))
    }

    /// - Throws: The errors, if there are any.
    func check() throws {
        if !diagnostics.isEmpty { throw DiagnosticsError(diagnostics: diagnostics) }
    }
}

private struct Finding: DiagnosticMessage {
    let message: String
    let diagnosticID = MessageID(domain: "Roost", id: "declaration")
    let severity = DiagnosticSeverity.error
}
