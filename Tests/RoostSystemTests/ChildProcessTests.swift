import Foundation
import RoostSystemTesting
import Testing

@testable import RoostSystem

@Suite(.timeLimit(.minutes(1))) struct ChildProcessTests {
    @Test func itsLinesAndItsCodeAreTold() async throws {
        let child = try Child("echo out; echo err >&2; printf 'no end'; exit 7")
        #expect(await child.end == .exited(7))
        try await eventually("all lines") { child.lines.count == 3 }
        #expect(Set(child.lines) == ["out", "err", "no end"])
    }

    @Test func itIsGivenItsEnvironmentAndNoMore() async throws {
        let child = try Child("echo $GIVEN; echo ${HOME-none}", ["GIVEN": "one"])
        #expect(await child.end == .exited(0))
        try await eventually("all lines") { child.lines.count == 2 }
        #expect(child.lines == ["one", "none"])
    }

    @Test func itIsAskedToEndAndEnded() async throws {
        let polite = try Child("trap 'exit 3' TERM; echo ready; while :; do sleep 0.01; done")
        try await eventually("a line") { polite.lines == ["ready"] }
        polite.process?.terminate()
        #expect(await polite.end == .exited(3))
        let stubborn = try Child("trap '' TERM; echo ready; while :; do sleep 0.01; done")
        try await eventually("a line") { stubborn.lines == ["ready"] }
        stubborn.process?.terminate()
        stubborn.process?.end()
        #expect(await stubborn.end == .killed(signal: SIGKILL))
    }

    @Test func itsInputEndsWithWhoHoldsIt() async throws {
        let child = try Child("cat; exit 4")
        child.process = nil
        #expect(await child.end == .exited(4))
    }

    @Test func whatIsNoProgramCannotBeStarted() {
        #expect(throws: (any Error).self) {
            try ChildProcess(
                executable: URL(fileURLWithPath: "/no/such/program"), arguments: [], environment: [:], line: { _ in }, ended: { _ in })
        }
    }

    /// A running shell script.
    private final class Child {
        var process: ChildProcess?
        private let written: Lines
        private let ends: AsyncStream<ChildProcess.End>

        init(_ script: String, _ environment: [String: String] = [:]) throws {
            let written = Lines()
            let (ends, end) = AsyncStream.makeStream(of: ChildProcess.End.self)
            process = try ChildProcess(
                executable: URL(fileURLWithPath: "/bin/sh"), arguments: ["-c", script],
                environment: environment.merging(["PATH": "/usr/bin:/bin"]) { $1 },
                line: written.add, ended: { end.yield($0) })
            self.written = written
            self.ends = ends
        }

        var lines: [String] { written.all }

        var end: ChildProcess.End? { get async { await ends.first { _ in true } } }
    }
}
