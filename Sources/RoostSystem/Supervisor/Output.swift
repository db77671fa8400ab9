import Foundation
import Roost
import Synchronization

/// Writes what the processes of a system say, each line behind the name of who said it.
final class Output: Sendable {
    private let width: Int
    private let colours: [String: Int]
    private let isTerminal = isatty(STDOUT_FILENO) == 1
    private let lock = Mutex<Void>(())
    private let filter: SecretFilter

    /// - Parameter filter: takes secrets out of what is written.
    init(names: [String], filter: SecretFilter) {
        self.filter = filter
        width = names.map(\.count).max() ?? 0
        // Cyan, yellow, green, magenta, blue, red and their bright kin (ECMA-48 SGR).
        let palette = [36, 33, 32, 35, 34, 96, 93, 92, 95, 94]
        colours = Dictionary(names.enumerated().map { ($1, palette[$0 % palette.count]) }, uniquingKeysWith: { first, _ in first })
    }

    /// A line that a process wrote.
    func line(_ name: String, _ text: String) { write(name, text) }

    /// A line about a process.
    func note(_ name: String, _ text: String) { write(name, isTerminal ? "\u{1B}[1m\(text)\u{1B}[0m" : text) }

    private func write(_ name: String, _ text: String) {
        let label = name.padding(toLength: max(width, name.count), withPad: " ", startingAt: 0)
        let mark = isTerminal ? "\u{1B}[\(colours[name] ?? 1)m\(label) |\u{1B}[0m" : "\(label) |"
        let line = Data("\(mark) \(filter.filtered(text))\n".utf8)
        lock.withLock { _ in try? FileHandle.standardOutput.write(contentsOf: line) }
    }
}
