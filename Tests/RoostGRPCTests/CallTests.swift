import FoundationEssentials
import Roost
import RoostGRPC
import RoostHTTP
import Testing

/// A contract's client with its server, both by Roost.
@Suite(.timeLimit(.minutes(5)))
struct CallTests {
    private let note = Note(text: "hello", count: 0, tags: ["a", "ü"], at: Date(timeIntervalSince1970: 1_763_963_175.25))

    @Test func unaryCalls() async throws {
        try await Talk.served { talk, _, _ in
            #expect(try await talk.echo(note) == note)
            #expect(try await talk.find(id: -7, exact: nil, word: "") == ["-7", "none", ""])
            #expect(try await talk.find(id: 0, exact: false, word: "a/b ?") == ["0", "false", "a/b ?"])
            try await talk.store(id: UUID(), note)
        }
    }

    @Test func manyCallsAtOnce() async throws {
        try await Talk.served { talk, _, _ in
            try await withThrowingTaskGroup(of: Note.self) { group in
                for number in 0..<500 { group.addTask { try await talk.echo(Note(text: "n", count: number, tags: [])) } }
                let counts = try await group.reduce(into: Set<Int>()) { $0.insert($1.count) }
                #expect(counts == Set(0..<500))
            }
        }
    }

    @Test func aLargeMessage() async throws {
        try await Talk.served { talk, _, _ in
            let tags = (0..<50_000).map { "tag number \($0)" }
            let large = try await talk.echo(Note(text: "large", tags: tags))
            #expect(large.tags == tags)
            let tooMany = [String](repeating: String(repeating: "x", count: 1000), count: 5000)
            await #expect { try await talk.echo(Note(text: "large", tags: tooMany)) } throws: {
                ($0 as? Problem)?.status == .contentTooLarge
            }
        }
    }

    @Test func everyStream() async throws {
        try await Talk.served { talk, _, _ in
            let notes = (1...300).map { Note(text: "n", count: $0, tags: []) }
            #expect(try await talk.gather(stream(of: notes)) == 300 * 301 / 2)
            #expect(try await talk.gather(stream(of: [])) == 0)
            #expect(try await talk.gather(stream(of: [notes[4]])) == 5)
            var counted: [Int] = []
            for try await note in try await talk.count(upTo: 300) { counted.append(note.count) }
            #expect(counted == Array(1...300))
            var said: [String] = []
            for try await note in try await talk.talk(room: "r ü", stream(of: notes.prefix(3).map { $0 })) { said.append(note.text) }
            #expect(said == ["r ü: n", "r ü: n", "r ü: n"])
        }
    }

    /// The caller sends each value only after the previous one was answered.
    @Test func aConversation() async throws {
        try await Talk.served { talk, _, _ in
            let said = AsyncStream.makeStream(of: Note.self)
            said.continuation.yield(Note(text: "1", tags: []))
            var heard = 0
            for try await note in try await talk.talk(room: "r", MessageStream(said.stream)) {
                heard += 1
                #expect(note.text == "r: \(heard)")
                if heard == 5 { said.continuation.finish() } else { said.continuation.yield(Note(text: "\(heard + 1)", tags: [])) }
            }
            #expect(heard == 5)
        }
    }

    @Test func aProblemCrosses() async throws {
        try await Talk.served { talk, _, _ in
            let conflict = await problem { _ = try await talk.echo(Note(text: "conflict", tags: [])) }
            #expect(conflict?.status == .conflict && conflict?.detail == "It is täken: 100 %.")
            #expect(conflict?.type == "https://example.org/taken" && conflict?.title == "Taken")
            #expect(conflict?.headers["retry-after"] == "3")
            let silent = await problem { _ = try await talk.echo(Note(text: "silent", tags: [])) }
            #expect(silent?.status == .notFound && silent?.detail == nil)
            let broken = await problem { _ = try await talk.echo(Note(text: "broken", tags: [])) }
            #expect(broken?.status == .internalError && broken?.detail?.contains("CocoaError") == false)
            let invalid = await problem { _ = try await talk.echo(Note(text: "", tags: [])) }
            #expect(invalid?.status == .unprocessable)
            #expect(invalid?.errors.map(\.pointer) == ["/text"] && invalid?.errors.map(\.rule) == ["length"])
        }
    }

    @Test func aStreamFailsAtItsStartAndInItsMiddle() async throws {
        try await Talk.served { talk, _, _ in
            let atStart = await problem { for try await _ in try await talk.count(upTo: 0) {} }
            #expect(atStart?.status == .notFound)
            var count = 0
            let inMiddle = await problem { for try await _ in try await talk.count(upTo: 2000) { count += 1 } }
            #expect(inMiddle?.detail == "A thousand is too many." && count == 999)
            let badInput = await problem { _ = try await talk.gather(stream(of: [note, Note(text: "", tags: [])])) }
            #expect(badInput?.errors.map(\.pointer) == ["/text"])
        }
    }

    @Test func theContextTravels() async throws {
        try await Talk.served { talk, _, _ in
            var context = RequestContext(requestID: "r-1", deadline: .now + .seconds(20), trace: .root())
            context.authorization = "Bearer token"
            let seen = try await context.run { try await talk.context() }
            #expect(seen == ["r-1", "Bearer token", context.trace.traceID, "deadline"])
        }
    }

    @Test func theDeadlineEndsACallOnBothSides() async throws {
        try await Talk.served { talk, _, service in
            let late = await problem {
                try await RequestContext(deadline: .now + .milliseconds(50)).run { try await talk.wait() }
            }
            #expect(late?.status == .gatewayTimeout)
            // On a busy machine, the deadline may have passed before the call was made.
            if service.isWaiting.load(ordering: .acquiring) { for await _ in service.cancelled.stream {} }
        }
    }

    @Test func aCancelledCallIsCancelledThere() async throws {
        try await Talk.served { talk, _, service in
            let call = Task { try await talk.wait() }
            for await _ in service.waits.stream { break }
            call.cancel()
            await #expect(throws: CancellationError.self) { try await call.value }
            for await _ in service.cancelled.stream {}
        }
    }

    @Test func nobodyThere() async throws {
        let caller = ServiceCaller.grpc(to: HTTPAddress(host: "127.0.0.1", port: 1), as: ServiceIdentity(name: "test"))
        let gone = await problem { _ = try await TalkAPIContract.client(over: caller).echo(note) }
        #expect(gone?.status == .unavailable && gone?.detail == "The service talk is temporarily unavailable.")
    }

    private func problem(_ body: () async throws -> Void) async -> Problem? {
        do {
            try await body()
            return nil
        } catch {
            return error as? Problem
        }
    }

    private func stream(of notes: [Note]) -> MessageStream<Note> {
        MessageStream(
            AsyncStream { continuation in
                for note in notes { continuation.yield(note) }
                continuation.finish()
            })
    }
}
