import Foundation
import RoostSupervisor
import RoostTesting
import Synchronization
import Testing

/// What a process is given, what it is protected from, and how its end is told.
@Suite(.timeLimit(.minutes(5))) struct ProcessRunTests {
    @Test func itsLinesAndItsCodeAreTold() async {
        let script = Script("echo out; echo err >&2; printf 'no end'; exit 7")
        #expect(await script.run() == .exited(code: 7))
        #expect(Set(script.lines) == ["out", "err", "no end"])
    }

    @Test func itIsGivenItsEnvironmentAndNoMore() async {
        // A name that POSIX does not allow is left out, and does not prevent the start.
        let script = Script("echo $GIVEN; echo ${HOME-none}", ["GIVEN": "one", "2ND": "two"])
        #expect(await script.run() == .exited(code: 0))
        #expect(script.lines == ["one", "none"])
    }

    @Test func itIsAskedToEndAndKilled() async throws {
        let polite = Script("trap 'exit 3' TERM; echo ready; while :; do sleep 0.01; done")
        async let end = polite.run()
        try await eventually("a line") { polite.lines == ["ready"] }
        polite.process.send(SIGTERM)
        #expect(await end == .exited(code: 3))
        let stubborn = Script("trap '' TERM; echo ready; while :; do sleep 0.01; done")
        async let violentEnd = stubborn.run()
        try await eventually("a line") { stubborn.lines == ["ready"] }
        stubborn.process.send(SIGTERM)
        stubborn.process.send(SIGKILL)
        #expect(await violentEnd == .killed(signal: SIGKILL))
    }

    @Test func aSignalThatComesBeforeTheStartIsSentThen() async {
        let script = Script("cat")
        script.process.send(SIGTERM)
        #expect(await script.run() == .killed(signal: SIGTERM))
    }

    @Test func aSignalThatComesTooLateReachesNobody() async {
        let script = Script("exit 0")
        #expect(await script.run() == .exited(code: 0))
        script.process.send(SIGKILL)
    }

    @Test func aProcessThatClosesItsOutputCanStillBeSignalled() async throws {
        let folder = try TemporaryFolder()
        let script = Script("exec >&- 2>&-; trap 'exit 5' TERM; : > \(folder.path)/here; while :; do sleep 0.01; done")
        async let end = script.run()
        try await eventually("it runs") { FileManager.default.fileExists(atPath: folder.path + "/here") }
        script.process.send(SIGTERM)
        #expect(await end == .exited(code: 5))
    }

    @Test func whatItHasStartedDoesNotHoldUpItsEnd() async throws {
        // The grandchild keeps the output open.
        let script = Script("sleep 600 & echo $!; exit 6")
        #expect(await script.run() == .exited(code: 6))
        let grandchild = try #require(script.lines.first.flatMap { Int32($0) })
        #expect(script.lines.count == 1 && kill(grandchild, SIGKILL) == 0)
    }

    @Test func itInheritsNoOpenFileAndHasAGroupOfItsOwn() async throws {
        let file = open("/dev/null", O_RDONLY)
        defer { close(file) }
        #expect(fcntl(file, F_GETFD) & FD_CLOEXEC == 0)
        let script = Script("for file in /proc/$$/fd/*; do echo ${file##*/}; done; cut -d ' ' -f 5 /proc/$$/stat; echo $$")
        #expect(await script.run() == .exited(code: 0))
        // The shell itself opens the fourth, to list the folder.
        #expect(script.lines.prefix(4) == ["0", "1", "2", "3"])
        #expect(script.lines.count == 6 && script.lines[4] == script.lines[5])
    }

    @Test func itIgnoresNoSignalThatWeIgnore() async {
        await #expect(processExitsWith: .success) {
            signal(SIGTERM, SIG_IGN)
            let script = Script("kill -TERM $$; exit 9")
            #expect(await script.run() == .killed(signal: SIGTERM))
        }
    }

    @Test func itIsKilledIfItsTaskIsCancelled() async throws {
        let script = Script("echo ready; exec sleep 600")
        let task = Task { await script.run() }
        try await eventually("a line") { script.lines == ["ready"] }
        task.cancel()
        _ = await task.value
        #expect(kill(script.processID, 0) != 0)
    }

    @Test func whatIsNoProgramCannotBeStarted() async {
        guard case .failed = await ProcessRun().run(Program("/no/such/program", [], environment: [:]), read: { _ in }) else {
            Issue.record("It ran.")
            return
        }
    }
}

/// A shell's script.
private final class Script: Sendable {
    let process = ProcessRun()
    private let program: Program
    private let state = Mutex<(processID: Int32, lines: [String])>((0, []))

    init(_ script: String, _ environment: [String: String] = [:]) {
        program = Program("/bin/sh", ["-c", script], environment: environment.merging(["PATH": "/usr/bin:/bin"]) { $1 })
    }

    var lines: [String] { state.withLock { $0.lines } }
    var processID: Int32 { state.withLock { $0.processID } }

    func run() async -> ProcessEnd {
        var lines = OutputLines()
        let end = await process.run(program) { processID in
            state.withLock { $0.processID = processID }
        } read: { bytes in
            let whole = lines.append(bytes)
            state.withLock { $0.lines += whole }
        }
        if let line = lines.finish() { state.withLock { $0.lines.append(line) } }
        return end
    }
}
