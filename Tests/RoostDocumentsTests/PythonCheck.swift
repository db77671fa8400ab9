import Foundation
import TestTools

/// Has a document checked by a program in Python that is not ours.
enum PythonCheck {
    private static let root = URL(fileURLWithPath: #filePath + "/../../..").standardizedFileURL

    /// - Parameter script: takes the document's path as its first argument, and writes what is wrong.
    /// - Returns: what it wrote; empty where the document is right.
    static func complaints(of script: String, about document: String, _ arguments: [String] = []) async throws -> String {
        let folder = try ScratchFolder()
        let path = folder.path("document.json")
        try Data(document.utf8).write(to: URL(fileURLWithPath: path))
        let python = try await Tool.run(root.appendingPathComponent("scripts/python").path, [], in: root)
        let interpreter = python.output.split(separator: "\n").last.map(String.init) ?? "python3"
        let check = try await Tool.run(interpreter, ["-c", script, path] + arguments)
        withExtendedLifetime(folder) {}
        return check.status == 0 ? check.output : "exit \(check.status): \(check.output)"
    }

    /// A file beside the tests.
    static func data(_ name: String) -> String { root.appendingPathComponent("Tests/RoostDocumentsTests/Data/" + name).path }
}
