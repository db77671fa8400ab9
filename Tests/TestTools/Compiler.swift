import Foundation
import RoostTesting

/// Compiles a user's file against the modules that this test was built with.
public enum Compiler {
    /// The compiler's errors and warnings for a file as `line: message`, in order. One that is shown anywhere else than in the file, for
    /// example in an expansion, starts with its location.
    /// - Parameter source: The content of the file, which imports what it needs.
    public static func findings(_ source: String) async throws -> [String] {
        let folder = try TemporaryFolder()
        // It is removed with its last reference.
        defer { withExtendedLifetime(folder) {} }
        try Data(source.utf8).write(to: folder.url.appending(path: "User.swift"))
        // It must generate code: if it only type-checks, it ignores members that macros add to an enum.
        let compiled = try await Tool.run(
            "swiftc", ["-c", "-parse-as-library", "User.swift", "-o", "User.o"] + arguments, in: folder.url, limit: 240)
        let found = compiled.output.split(separator: "\n").compactMap(finding)
        // A compiler that cannot start reports it in a line of another form.
        return found.isEmpty && compiled.status != 0 ? [compiled.output] : found
    }

    /// The arguments for finding the modules and the macros.
    private static var arguments: [String] {
        let built = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        let package = built.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return ["-swift-version", "6", "-I", built.appending(path: "Modules").path]
            + ["-load-plugin-executable", built.appending(path: "RoostMacros-tool").path + "#RoostMacros"]
            + ["-Xcc", "-fmodule-map-file=" + package.appending(path: "Sources/CRoostSQLite/module.modulemap").path]
    }

    /// Turns `User.swift:3:7: error: message (from macro 'Schema')` into `3: message`.
    private static func finding(_ line: Substring) -> String? {
        guard line.first?.isWhitespace == false, let kind = line.firstRange(of: #/: (?:error|warning): /#) else { return nil }
        let place = line[..<kind.lowerBound].split(separator: ":").dropLast()
        let message = line[kind.upperBound...].replacing(#/ \(from macro '[^']*'\)$/#, with: "")
        return place.first == "User.swift" ? "\(place.last ?? ""): \(message)" : "\(place.joined(separator: ":")): \(message)"
    }
}
