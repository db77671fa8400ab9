import Foundation

/// A process of `work-crash-helper`, and the lines that it writes.
final class WorkerProcess {
    private let process = Process()
    private var lines: AsyncStream<String>.Iterator

    init(in directory: TemporaryDirectory, named name: String, lease: Int) throws {
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appendingPathComponent("work-crash-helper")
        process.arguments = [directory.path, name, String(lease)]
        process.standardOutput = output
        try process.run()
        let lines = AsyncStream<String> { continuation in
            Thread {
                var text = ""
                while case let data = output.fileHandleForReading.availableData, !data.isEmpty {
                    text += String(decoding: data, as: UTF8.self)
                    while let end = text.firstIndex(of: "\n") {
                        continuation.yield(String(text[..<end]))
                        text = String(text[text.index(after: end)...])
                    }
                }
                continuation.finish()
            }.start()
        }
        self.lines = lines.makeAsyncIterator()
    }

    // The process must not outlive the test, however that ends.
    deinit { if process.isRunning { signal(SIGKILL) } }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// The next line, or `nil` at the end.
    func line() async -> String? { await lines.next() }
}
