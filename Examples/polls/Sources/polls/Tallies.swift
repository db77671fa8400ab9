import Foundation
import RoostSystem

@Schema struct Tally: Equatable {
    var choice: String
    var votes: Int
}

@Contract("tallies") protocol TalliesAPI: Sendable {
    /// Returns the number of votes for each choice of a poll.
    @Get("/polls/{poll}/tally") func tally(poll: UUID) async throws -> [Tally]
}

@Service(TalliesAPI.self) struct Tallies: TalliesAPI {
    let database: Database
    let polls: any PollsAPI

    func tally(poll: UUID) async throws -> [Tally] {
        let choices = try await passingOn(.notFound) { try await polls.poll(id: poll).choices }
        var tally = choices.map { Tally(choice: $0, votes: 0) }
        for row in try await database.query("SELECT choice, votes FROM tallies WHERE poll = \(poll)") {
            tally[try row.get("choice")].votes = try row.get("votes")
        }
        return tally
    }

    /// Takes effect once for each event, however often that is delivered.
    @Subscribe(Voted.self, named: "tally") func count(_ event: Voted, in transaction: Transaction) async throws {
        try await transaction.execute(
            """
            INSERT INTO tallies VALUES (\(event.poll), \(event.choice), 1)
            ON CONFLICT (poll, choice) DO UPDATE SET votes = tallies.votes + 1
            """)
    }
}

struct TalliesService: ServiceDefinition {
    let name = "tallies"
    let database = DatabaseDefinition(migrations: [
        Migration(
            "0001_tallies",
            sqlite: "CREATE TABLE tallies (poll TEXT NOT NULL, choice BIGINT NOT NULL, votes BIGINT NOT NULL, PRIMARY KEY (poll, choice))",
            postgres: "CREATE TABLE tallies (poll uuid NOT NULL, choice BIGINT NOT NULL, votes BIGINT NOT NULL, PRIMARY KEY (poll, choice))"
        )
    ])

    func assemble(on host: ServiceHost) async throws -> Tallies {
        Tallies(database: try await host.database(), polls: try await host.client(for: PollsAPIContract.self))
    }
}
