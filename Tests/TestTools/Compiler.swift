import Foundation

/// The compiler, as it compiles a user's file against the modules that this test was built with.
public enum Compiler {
    /// What it says of a file: each error and warning as `line: message`, in order. One that is shown anywhere but in the file, such as in
    /// what a macro made, begins with the place.
    /// - Parameter source: the file, which imports what it needs.
    public static func findings(_ source: String) async throws -> [String] {
        let folder = try ScratchFolder()
        try Data(source.utf8).write(to: folder.url.appending(path: "User.swift"))
        // It must make code: while it only checks, it passes over what macros put into an enum.
        let compiled = try await Tool.run("swiftc", ["-c", "-parse-as-library", "User.swift", "-o", "User.o"] + arguments, in: folder.url)
        let found = compiled.output.split(separator: "\n").compactMap(finding)
        // A compiler that can't begin says so in a line of another kind.
        return found.isEmpty && compiled.status != 0 ? [compiled.output] : found
    }

    /// What finds the modules and the macros.
    private static var arguments: [String] {
        let built = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        let packages = built.deletingLastPathComponent().deletingLastPathComponent().appending(path: "checkouts")
        return ["-swift-version", "6", "-I", built.appending(path: "Modules").path]
            + ["-load-plugin-executable", built.appending(path: "RoostMacros-tool").path + "#RoostMacros"]
            + ["-Xcc", "-fmodule-map-file=" + packages.appending(path: "GRDB.swift/Sources/GRDBSQLite/module.modulemap").path]
    }

    /// `User.swift:3:7: error: message (from macro 'Schema')` as `3: message`.
    private static func finding(_ line: Substring) -> String? {
        guard line.first?.isWhitespace == false, let kind = line.firstRange(of: #/: (?:error|warning): /#) else { return nil }
        let place = line[..<kind.lowerBound].split(separator: ":").dropLast()
        let message = line[kind.upperBound...].replacing(#/ \(from macro '[^']*'\)$/#, with: "")
        return place.first == "User.swift" ? "\(place.last ?? ""): \(message)" : "\(place.joined(separator: ":")): \(message)"
    }
}
