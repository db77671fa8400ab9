import Roost
import RoostData

/// Measures how many runs of each workflow are open, by status. How long the oldest run that is due has waited is measured by its queue.
struct RunMetrics: Sendable {
    /// The workflow and the status by which runs are counted.
    struct Group: Hashable {
        let workflow: String
        let status: RunStatus
    }

    private let database: Database
    private let gauges: [(group: Group, metric: ValueMetric)]

    private static let interval = Duration.seconds(15)
    private static let statuses: [RunStatus] = [.running, .stuck, .diverged]

    init(of workflows: [RegisteredWorkflow], in database: Database) {
        self.database = database
        gauges = Set(workflows.map(\.name)).flatMap { name in
            Self.statuses.map { status in
                (
                    Group(workflow: name, status: status),
                    ValueMetric("roost.workflow.runs", [("workflow", name), ("status", status.rawValue)])
                )
            }
        }
    }

    /// Measures at intervals until the task is cancelled.
    func run() async {
        guard gauges.contains(where: \.metric.isActive) else { return }
        repeat {
            do {
                let counts = try await counts()
                for (group, metric) in gauges { metric.record(Double(counts[group] ?? 0)) }
            } catch {
                if Task.isCancelled { return }
                RequestContext.defaultLogger.warning("The runs cannot be counted: \(error)")
            }
        } while (try? await database.clock.sleep(for: Self.interval)) != nil
    }

    /// Counts the open runs.
    func counts() async throws -> [Group: Int] {
        let rows = try await database.query(
            "SELECT name, status, count(*) AS number FROM roost_runs WHERE ended_at IS NULL GROUP BY name, status")
        return try rows.reduce(into: [:]) { counts, row in
            counts[Group(workflow: try row.get("name"), status: try RunStore.status(try row.get("status")))] = try row.get("number")
        }
    }
}
