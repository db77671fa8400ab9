import Foundation
import RoostSystem

/// What a person writes to create a poll.
@Schema struct NewPoll {
    @Check(.line(1...200)) var question: String
    @Check(.count(2...10)) var choices: [String]
}

@Schema struct Poll: Equatable {
    var id: UUID
    var question: String
    var choices: [String]
}

@Schema struct Vote {
    @Check(.line(1...40)) var voter: String
    /// The index of the choice in the poll.
    @Check(.range(0...9)) var choice: Int
}

@Schema struct Voted: Event {
    static let topic = "polls.voted"
    var poll: UUID
    var choice: Int
    var key: String { poll.text }
}

@Contract("polls") protocol PollsAPI: Sendable {
    /// Creates a poll.
    @Post("/polls", status: .created) func create(_ poll: NewPoll) async throws -> Poll
    /// Returns a poll.
    @Get("/polls/{id}") func poll(id: UUID) async throws -> Poll
    /// Votes in a poll, once for each voter.
    @Post("/polls/{id}/votes", problems: [.notFound, .conflict]) func vote(id: UUID, _ vote: Vote) async throws
}
