import Foundation
import Roost
import RoostData
import RoostTesting
import RoostWorkflow
import Testing

/// The code of the guide does what the guide says.
@Suite(.timeLimit(.minutes(5))) struct GuideTests {
    private let diary = Diary()

    private func shop(isInStock: Bool = true, isSolvent: Bool = true) -> OrderFlow {
        let diary = diary
        let stock = StockAPIDouble(
            reserve: { request in
                diary.add("reserve")
                guard isInStock else { throw Problem(.unprocessable, "Sold out.") }
            }, release: { _ in diary.add("release") })
        let payments = PaymentsAPIDouble(
            charge: { _ in
                diary.add("charge")
                return Payment(isCaptured: isSolvent)
            }, refund: { _ in diary.add("refund") })
        return OrderFlow(stock: stock, payments: payments)
    }

    private func place(_ order: PlacedOrder, _ workflows: Workflows, in database: Database) async throws {
        try await database.transaction { transaction in
            try await transaction.execute("INSERT INTO orders (id, is_confirmed) VALUES (\(order.id), 0)")
            try await workflows.start(OrderFlow.self, order, id: order.id, in: transaction)
        }
    }

    private func sell(_ flow: OrderFlow) async throws -> (outcome: OrderOutcome, isConfirmed: Bool, record: RecordedRun) {
        let bench = try await WorkflowBench(), order = PlacedOrder(id: "o1", sku: "TEA", amount: 1250)
        try await bench.database.execute("CREATE TABLE orders (id TEXT PRIMARY KEY, is_confirmed INTEGER NOT NULL)")
        let workflows = bench.workflows(flow)
        return try await bench.working(on: workflows) {
            try await place(order, workflows, in: bench.database)
            let outcome = try await workflows.result(of: order.id, OrderFlow.self, within: .seconds(30))
            let row = try await bench.database.first("SELECT is_confirmed FROM orders")
            return (outcome, try row?.get("is_confirmed") ?? false, try await workflows.record(of: order.id))
        }
    }

    @Test func anOrderIsConfirmed() async throws {
        let (outcome, isConfirmed, _) = try await sell(shop())
        #expect(outcome == .confirmed && isConfirmed)
        #expect(diary.list == ["reserve", "charge"])
    }

    @Test func anOrderOfSomebodyInsolventIsUndone() async throws {
        let (outcome, isConfirmed, _) = try await sell(shop(isSolvent: false))
        #expect(outcome == .declined && !isConfirmed)
        #expect(diary.list == ["reserve", "charge", "refund", "release"])
    }

    @Test func anOrderOfWhatIsSoldOutIsRejected() async throws {
        let (outcome, isConfirmed, _) = try await sell(shop(isInStock: false))
        #expect(outcome == .rejected && !isConfirmed)
        #expect(diary.list == ["reserve", "release"])
    }

    @Test func aRecordedOrderTakesTheSameWay() async throws {
        let file = JSON.text(try await sell(shop()).record)
        let recorded = try JSON.decode(RecordedRun.self, from: Array(file.utf8))
        try await recorded.replay(OrderFlow(stock: StockAPIDouble(), payments: PaymentsAPIDouble()))
    }

    @Test func signalsPausesPartsAndReportsWork() async throws {
        let clock = TestClock(), bench = try await WorkflowBench(clock: clock), diary = diary, database = bench.database
        try await database.execute("CREATE TABLE orders (id TEXT PRIMARY KEY, is_confirmed INTEGER NOT NULL)")
        let report = ScheduledWorkflow(DailyReport.self, try .cron("0 3 * * *")) { $0 }
        let workflows = bench.workflows(
            ReviewFlow { diary.add("ask \($0)") }, ShippingFlow { diary.add("ship \($0)") }, DailyReport(database: database),
            schedules: [report])
        try await workflows.start(ReviewFlow.self, "o1", id: "o1")
        try await workflows.start(ShippingFlow.self, Shipping(tenant: "a", parts: ["x", "y"]), id: "s1")
        try await workflows.send(CallOff(reason: "Too late."), to: "o1")
        try await bench.working(on: workflows) {
            #expect(try await !workflows.result(of: "o1", ReviewFlow.self, within: .seconds(30)))
            #expect(try await workflows.result(of: "s1", ShippingFlow.self, within: .seconds(30)) == 2)
            try await clock.advance(by: .seconds(600), until: "the report") {
                try await workflows.list(name: "orders.report", status: .completed).items.count >= 1
            }
        }
        #expect(diary.list.sorted() == ["ship x", "ship y"])
    }
}
