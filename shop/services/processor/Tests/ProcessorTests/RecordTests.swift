import Foundation
import Money
import ProcessorAPI
import Roost
import RoostData
import RoostSystemTesting
import RoostWork
import Testing

@testable import Processor

/// The processor's own record, by which merchants check their books.
@Suite(.timeLimit(.minutes(5))) struct RecordTests {
    @Test func eachChangeOfAChargeIsAnEntryWithItsFee() async throws {
        try await withProcessor { processor in
            let (first, second) = (UUID.v7(), UUID.v7())
            for _ in 1...2 { _ = try await processor.charge(id: first, .of(1999, "tok_ok")) }
            _ = try await processor.charge(id: second, .of(500, "tok_declined"))
            for id in [first, first, second] { _ = try await processor.refund(id: id) }
            let entries = try await processor.entries(after: nil, limit: nil).items
            #expect(entries.map(\.charge.id) == [first, second, first])
            #expect(entries.map(\.charge.status) == [.captured, .declined, .refunded])
            #expect(entries.map(\.charge.amount.amount) == [1999, 500, 1999])
            #expect(entries.map(\.fee) == [.euros(cents: 29), .euros(cents: 0), .euros(cents: 29)])
            #expect(try await processor.entry(id: first).number == entries.last?.number)
        }
    }

    @Test func theRecordIsReadInParts() async throws {
        try await withProcessor { processor in
            let ids = (1...5).map { _ in UUID.v7() }
            for id in ids { _ = try await processor.charge(id: id, .of(1999, "tok_ok")) }
            var found: [UUID] = [], last: Int?
            repeat {
                let entries = try await processor.entries(after: last, limit: PageLimit(parameter: "2")).items
                found += entries.map(\.charge.id)
                last = entries.last?.number
            } while last != nil
            #expect(found == ids)
        }
    }

    @Test func aChargeThatWasNeverMadeHasNoEntry() async throws {
        try await withProcessor { processor async throws in
            await #expect(performing: { try await processor.entry(id: .v7()) }, throws: refused(with: .notFound))
        }
    }

    @Test func onlyServicesReadTheRecord() async throws {
        try await TestSystem.run {
            ProcessorService()
        } test: { system in
            let anyone = try await system.client(of: "processor")
            for path in ["/charges", "/charges/\(UUID.v7().text)"] { #expect(try await anyone.send(.get, path).status == .forbidden) }
        }
    }

    /// Charges from before there was a record are in it, so that merchants find them.
    @Test func earlierChargesAreInTheRecord() async throws {
        let folder = try TemporaryFolder(), captured = UUID.v7(), declined = UUID.v7()
        let service = ProcessorService(), migrations = try service.database.migrations
        let earlier = try await TestDatabases(in: folder).open(
            "processor", migrations: WorkTables.migrations + migrations.filter { $0.name < "20261126T13" })
        for (id, status) in [(captured, ChargeStatus.captured), (declined, .declined)] {
            try await earlier.execute(
                "INSERT INTO charges (id, status, amount, token) VALUES (\(id), \(status), \(json: Money.euros(cents: 1999)), 'tok_ok')")
        }
        await earlier.close()
        try await TestSystem.run(in: folder) {
            ProcessorService()
        } test: { system in
            let processor = try await system.client(ProcessorAPIContract.self, as: .service("payments"))
            #expect(try await processor.entry(id: captured).fee == .euros(cents: 29))
            #expect(try await processor.entry(id: declined).fee == .euros(cents: 0))
            #expect(try await processor.entries(after: nil, limit: nil).items.count == 2)
        }
    }

    private func withProcessor(_ test: (any ProcessorAPI) async throws -> Void) async throws {
        try await TestSystem.run {
            ProcessorService()
        } test: { system in
            try await test(system.client(ProcessorAPIContract.self, as: .service("payments")))
        }
    }
}
