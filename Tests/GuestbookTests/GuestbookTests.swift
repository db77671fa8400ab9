import Roost
import RoostSystemTesting
import Testing

@testable import guestbook

@Suite(.timeLimit(.minutes(1))) struct GuestbookTests {
    @Test(arguments: Arrangement.allCases) func entriesAreListedAndCounted(arrangement: Arrangement) async throws {
        try await TestSystem.run(arrangement: arrangement) {
            GuestbookService()
        } test: { system in
            let guestbook = try await system.client(GuestbookAPIContract.self)
            let first = try await guestbook.add(NewEntry(name: "Ada", text: "Hello!"))
            let second = try await guestbook.add(NewEntry(name: "Ada", text: "Me again."))
            let entries = try await guestbook.entries()
            #expect(entries == [second, first])
            try await eventually("both are counted") { try await guestbook.count(name: "Ada") == 2 }
            await #expect(throws: Problem.self) { try await guestbook.add(NewEntry(name: "", text: "")) }
        }
    }
}
