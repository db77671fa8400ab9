import Foundation
import RoostTesting
import TestTools

/// Checks a document with an independent Python program.
enum PythonCheck {
    private static let root = URL(fileURLWithPath: #filePath + "/../../..").standardizedFileURL

    /// - Parameter script: Takes the document's path as its first argument, and writes the faults.
    /// - Returns: What it wrote; empty if the document is valid.
    static func complaints(of script: String, about document: String, _ arguments: [String] = []) async throws -> String {
        let folder = try TemporaryFolder()
        let path = folder.file("document.json")
        try Data(document.utf8).write(to: URL(fileURLWithPath: path))
        let python = try await Tool.run(root.appendingPathComponent("scripts/python").path, [], in: root)
        let interpreter = python.output.split(separator: "\n").last.map(String.init) ?? "python3"
        let check = try await Tool.run(interpreter, ["-c", script, path] + arguments)
        withExtendedLifetime(folder) {}
        return check.status == 0 ? check.output : "exit \(check.status): \(check.output)"
    }

    /// A file in the folder of the tests.
    static func data(_ name: String) -> String { root.appendingPathComponent("Tests/RoostDocumentsTests/Data/" + name).path }
}
