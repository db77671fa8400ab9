import Foundation

/// A process of `data-stress-helper`.
enum StressProcess {
    /// Runs until it ends, or kills it with SIGKILL after it has written this many lines.
    /// - Returns: The last number that it acknowledged.
    static func run(in directory: TemporaryDirectory, _ name: String, count: Int, killedAfter limit: Int?) async throws -> Int {
        let process = Process(), output = Pipe()
        process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appendingPathComponent("data-stress-helper")
        process.arguments = [directory.path, name, String(count)]
        process.standardOutput = output
        try process.run()
        // The process must not outlive the test, even at its time limit.
        defer { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
        let lines = AsyncStream<Int> { continuation in
            Thread {
                var text = ""
                while case let data = output.fileHandleForReading.availableData, !data.isEmpty {
                    text += String(decoding: data, as: UTF8.self)
                    while let end = text.firstIndex(of: "\n") {
                        if let number = Int(text[..<end]) { continuation.yield(number) }
                        text = String(text[text.index(after: end)...])
                    }
                }
                process.waitUntilExit()
                continuation.finish()
            }.start()
        }
        var last = 0
        for await number in lines {
            last = number
            if number == limit { kill(process.processIdentifier, SIGKILL) }
        }
        return last
    }
}
