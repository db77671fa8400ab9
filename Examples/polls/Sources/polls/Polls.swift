import Foundation
import RoostSystem

@Service(PollsAPI.self, publishes: [Voted.self]) struct Polls: PollsAPI {
    let database: Database

    func create(_ poll: NewPoll) async throws -> Poll {
        let poll = Poll(id: .v7(), question: poll.question, choices: poll.choices)
        try await database.execute("INSERT INTO polls VALUES (\(poll.id), \(poll.question), \(json: poll.choices))")
        return poll
    }

    func poll(id: UUID) async throws -> Poll {
        guard let row = try await database.first("SELECT question, choices FROM polls WHERE id = \(id)") else {
            throw Problem(.notFound, "There is no such poll.")
        }
        return Poll(id: id, question: try row.get("question"), choices: try row.get(json: "choices"))
    }

    func vote(id: UUID, _ vote: Vote) async throws {
        guard try await poll(id: id).choices.indices.contains(vote.choice) else {
            throw Problem(.unprocessable, "The poll does not have this choice.")
        }
        // The vote and its event are committed together, or neither is.
        try await database.transaction { transaction in
            let added = try await transaction.execute(
                "INSERT INTO votes VALUES (\(id), \(vote.voter), \(vote.choice)) ON CONFLICT DO NOTHING")
            guard added == 1 else { throw Problem(.conflict, "\(vote.voter) has voted already.") }
            try await transaction.publish(Voted(poll: id, choice: vote.choice))
        }
    }
}

struct PollsService: ServiceDefinition {
    let name = "polls"
    let database = DatabaseDefinition(migrations: [
        Migration(
            "0001_polls",
            """
            CREATE TABLE polls (id TEXT PRIMARY KEY, question TEXT NOT NULL, choices TEXT NOT NULL);
            CREATE TABLE votes (poll TEXT NOT NULL, voter TEXT NOT NULL, choice BIGINT NOT NULL, PRIMARY KEY (poll, voter));
            """)
    ])

    func assemble(on host: ServiceHost) async throws -> Polls { Polls(database: try await host.database()) }
}
