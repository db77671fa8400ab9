import Foundation
import Roost
import RoostDocuments
import RoostGRPC
import RoostHTTP
import RoostTesting
import TestTools
import Testing

/// Google's gRPC for Python as the other side, with code generated from the exported `.proto` file.
@Suite(.timeLimit(.minutes(5)))
struct PythonTests {
    private static let scripts = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Python")

    private func folder() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let file = ProtoFile(TalkAPIContract.description)
        try Data(file.text.utf8).write(to: folder.url.appending(path: file.name))
        return folder
    }

    @Test func itsClientCallsUs() async throws {
        let folder = try folder()
        try await Talk.served { _, address, _ in
            let client = try await Tool.python(Self.scripts.appending(path: "client.py").path, [String(address.port), folder.url.path])
            #expect(client.status == 0 && client.output.hasSuffix("agreed\n"), "\(client.output)")
        }
    }

    @Test func itsServerAnswersUs() async throws {
        let folder = try folder()
        let server = try await TestProcess.python(Self.scripts.appending(path: "server.py").path, [folder.url.path])
        defer { server.send(SIGKILL) }
        let port = try #require(await server.line().flatMap { Int($0) })
        let caller = ServiceCaller.grpc(to: HTTPAddress(host: "127.0.0.1", port: port), as: ServiceIdentity(name: "test"))
        let talk = TalkAPIContract.client(over: caller)
        let note = Note(text: "hello", count: 0, tags: ["a", "ü"], at: Date(timeIntervalSince1970: 1_763_963_175.25))
        #expect(try await talk.echo(note) == note)
        #expect(try await talk.find(id: -7, exact: nil, word: "") == ["-7", "none", ""])
        #expect(try await talk.pick(ids: [1, -2, 0], words: ["a", "ü"]) == ["1", "-2", "0", "a", "ü"])
        #expect(try await talk.pick(ids: [], words: []) == ["none"])
        try await talk.store(id: UUID(), note)
        #expect(try await talk.gather(MessageStream(of: note, Note(text: "n", count: 5, tags: []))) == 5)
        var counted: [Int] = []
        await #expect { for try await note in try await talk.count(upTo: 2000) { counted.append(note.count) } } throws: {
            ($0 as? Problem)?.detail == "A thousand is too many."
        }
        #expect(counted == Array(1...999))
        var heard: [String] = []
        for try await answer in try await talk.talk(room: "r", MessageStream(of: note, note)) { heard.append(answer.text) }
        #expect(heard == ["r: hello", "r: hello"])
        await #expect { try await talk.echo(Note(text: "conflict", tags: [])) } throws: {
            ($0 as? Problem)?.status == .conflict && ($0 as? Problem)?.detail == "It is täken: 100 %."
        }
        let context = RequestContext(requestID: "r-1", deadline: .now + .seconds(20))
        #expect(try await context.run { try await talk.context() }.first == "r-1")
        await #expect { try await RequestContext(deadline: .now + .milliseconds(100)).run { try await talk.wait() } } throws: {
            ($0 as? Problem)?.status == .gatewayTimeout
        }
        let call = Task { try await talk.wait() }
        call.cancel()
        await #expect(throws: CancellationError.self) { try await call.value }
        caller.close()
    }
}
