import Foundation
import RoostSystem

@Service(PollsAPI.self, publishes: [Voted.self]) struct Polls: PollsAPI {
    let database: Database

    func create(_ poll: NewPoll) async throws -> Poll {
        let row = PollRow(question: poll.question, choices: poll.choices)
        try await database.insert(row)
        return Poll(id: row.id, question: row.question, choices: row.choices)
    }

    func poll(id: UUID) async throws -> Poll {
        guard let row = try await database.find(PollRow.self, id) else { throw Problem(.notFound, "There is no such poll.") }
        return Poll(id: id, question: row.question, choices: row.choices)
    }

    func vote(id: UUID, _ vote: Vote) async throws {
        guard try await poll(id: id).choices.indices.contains(vote.choice) else {
            throw Problem(.unprocessable, "The poll does not have this choice.")
        }
        // The vote and its event are committed together, or neither is.
        try await database.transaction { transaction in
            let row = VoteRow(poll: id, voter: vote.voter, choice: vote.choice)
            let isNew = try await transaction.insert(row, onConflict: .ignore)
            guard isNew else { throw Problem(.conflict, "\(vote.voter) has voted already.") }
            try await transaction.publish(Voted(poll: id, choice: vote.choice))
        }
    }
}

struct PollsService: ServiceDefinition {
    let name = "polls"
    let database = DatabaseDefinition(.module, models: [PollRow.self, VoteRow.self])

    func assemble(on host: ServiceHost) async throws -> Polls { Polls(database: try await host.database()) }
}
