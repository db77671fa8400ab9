import Foundation
import RoostSystem

@Model("polls")
struct PollRow {
    @Key var id: UUID = .v7()
    var question: String
    @JSON var choices: [String]
}

@Model("votes")
struct VoteRow {
    @Key @References(PollRow.self, onDelete: .cascade) var poll: PollRow.ID
    @Key var voter: String
    var choice: Int
}
