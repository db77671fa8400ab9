import Foundation
import ProcessorAPI
import Roost
import RoostData
import RoostSQLite
import RoostSystemTesting
import Synchronization
import Testing

@testable import Processor

@Suite(.timeLimit(.minutes(5))) struct NoticeTests {
    @Test func eachChangeOfAChargeIsToldOnceAndInOrder() async throws {
        try await Self.withProcessor(noticesTo: Merchant()) { processor, merchant in
            let (first, second) = (UUID.v7(), UUID.v7())
            // The slow token makes both run concurrently.
            async let charge = processor.charge(id: first, .of(1999, "tok_slow"))
            async let again = processor.charge(id: first, .of(1999, "tok_slow"))
            _ = try await (charge, again)
            for _ in 1...2 { _ = try await processor.refund(id: first) }
            _ = try await processor.charge(id: second, .of(1999, "tok_declined"))
            let told = await merchant.notices.prefix(3).reduce(into: []) { $0.append($1) }
            #expect(told.filter { $0.chargeId == first }.map(\.status) == [.captured, .refunded])
            #expect(told.filter { $0.chargeId == second }.map(\.status) == [.declined])
        }
    }

    @Test func aNoticeThatIsRefusedIsSentAgain() async throws {
        try await Self.withProcessor(noticesTo: Merchant(refusing: 2)) { processor, merchant in
            let id = UUID.v7()
            _ = try await processor.charge(id: id, .of(1999, "tok_ok"))
            let told = await merchant.notices.first { _ in true }
            #expect(told?.chargeId == id && told?.status == .captured)
        }
    }

    @Test(arguments: [Status.unavailable, .unprocessable])
    func noticesThatAreRefusedAllTheTimeHoldUpNoOther(status: Status) async throws {
        let refused = (1...20).map { _ in UUID.v7() }
        let merchant = Merchant { refused.contains($0.chargeId) ? status : nil }
        try await Self.withProcessor(noticesTo: merchant) { processor, merchant in
            for id in refused { _ = try await processor.charge(id: id, .of(1999, "tok_ok")) }
            let id = UUID.v7()
            _ = try await processor.charge(id: id, .of(1999, "tok_ok"))
            #expect(await merchant.notices.first { _ in true }?.chargeId == id)
        }
    }

    @Test func theLaterNoticesOfAChargeWaitForTheFirst() async throws {
        let refusals = Mutex(3)
        let merchant = Merchant { notice in
            refusals.withLock { left in
                guard notice.status == .captured else { return nil }
                left -= 1
                return left >= 0 ? .unavailable : nil
            }
        }
        try await Self.withProcessor(noticesTo: merchant) { processor, merchant in
            let id = UUID.v7()
            _ = try await processor.charge(id: id, .of(1999, "tok_ok"))
            _ = try await processor.refund(id: id)
            let told = await merchant.notices.prefix(2).reduce(into: []) { $0.append($1.status) }
            #expect(told == [.captured, .refunded])
        }
    }

    @Test(arguments: [Status.notFound, .unprocessable])
    func aNoticeThatIsRefusedForGoodIsNotSentAgainAndTheNextOneOfItsChargeGoesOn(status: Status) async throws {
        let asked = Mutex(0)
        let merchant = Merchant { notice in
            guard notice.status == .captured else { return nil }
            asked.withLock { $0 += 1 }
            return status
        }
        try await Self.withProcessor(noticesTo: merchant) { processor, merchant in
            let id = UUID.v7()
            _ = try await processor.charge(id: id, .of(1999, "tok_ok"))
            _ = try await processor.refund(id: id)
            #expect(await merchant.notices.first { _ in true }?.status == .refunded)
            // Once, unless its answer came too late.
            #expect(asked.withLock { $0 } < 5)
        }
    }

    /// The merchant is reached as in another process: over HTTP, at an address.
    fileprivate static func withProcessor(
        noticesTo merchant: Merchant, in folder: TemporaryFolder? = nil, _ test: (any ProcessorAPI, Merchant) async throws -> Void
    ) async throws {
        try await TestSystem.run(["WEBHOOK_SECRET": Merchant.secret], arrangement: .apart, in: folder) {
            merchant
            ProcessorService()
        } test: { system in
            try await test(system.client(ProcessorAPIContract.self, as: .service("payments")), merchant)
        }
    }
}

/// Notices that an earlier version has not sent yet are sent by this one.
@Suite(.timeLimit(.minutes(5))) struct NoticeUpgradeTests {
    @Test(.enabled(if: !TestDatabases.areOnServer, "no server has had that table")) func noNoticeIsLostWhenTheTablesChange() async throws {
        let folder = try TemporaryFolder(), first = UUID.v7(), second = UUID.v7()
        let databases = TestDatabases(in: folder), migrations = try ProcessorService().database.migrations
        let earlier = try await databases.open("processor", migrations: migrations.filter { $0.name < "0003" })
        for (id, status, refusal) in [(first, ChargeStatus.captured, nil), (second, .captured, "404"), (first, .refunded, nil)] {
            try await earlier.execute(
                """
                INSERT INTO notices (charge, body, attempts, refusal)
                VALUES (\(id), \(json: ChargeNotice(chargeId: id, status: status)), \(refusal == nil ? 0 : 1), \(refusal))
                """)
        }
        await earlier.close()
        let merchant = Merchant()
        try await NoticeTests.withProcessor(noticesTo: merchant, in: folder) { _, merchant in
            let told = await merchant.notices.prefix(2).reduce(into: []) { $0.append($1) }
            #expect(told.map(\.chargeId) == [first, first] && told.map(\.status) == [.captured, .refunded])
        }
        let database = try await databases.open("processor")
        let dead = try await database.query("SELECT * FROM roost_work")
        #expect(try dead.map { try $0.get("reason", as: String.self) } == ["404"])
        await database.close()
    }
}
