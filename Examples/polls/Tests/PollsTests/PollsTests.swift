import RoostSystemTesting
import Testing

@testable import polls

@Test(arguments: Arrangement.allCases) func everyVoterCountsOnce(arrangement: Arrangement) async throws {
    try await TestSystem.run(arrangement: arrangement) {
        PollsService()
        TalliesService()
    } test: { system in
        let polls = try await system.client(PollsAPIContract.self)
        let tallies = try await system.client(TalliesAPIContract.self)

        let poll = try await polls.create(NewPoll(question: "Tea or coffee?", choices: ["tea", "coffee"]))
        try await polls.vote(id: poll.id, Vote(voter: "Ada", choice: 1))
        await #expect(performing: { try await polls.vote(id: poll.id, Vote(voter: "Ada", choice: 0)) }, throws: refused(with: .conflict))
        await #expect(performing: { try await tallies.tally(poll: .v7()) }, throws: refused(with: .notFound))

        let expected = [Tally(choice: "tea", votes: 0), Tally(choice: "coffee", votes: 1)]
        try await eventually("the vote is counted") { try await tallies.tally(poll: poll.id) == expected }
    }
}
