import Roost
import RoostData

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A workflow whose runs start on a schedule, each of them once, however many processes there are.
///
/// ```swift
/// Workflows([report], schedules: [ScheduledWorkflow(Report.self, try .cron("0 3 * * *")) { Day($0) }], in: database)
/// ```
///
/// The run for a time has the identifier `name@time`, such as `report@2026-11-27T03:00:00Z`. If no process was running at one or
/// several of the times, a run for the last of them starts as soon as one is; the earlier ones are left out. A new schedule begins with its next
/// time.
public struct ScheduledWorkflow: Sendable {
    let name: String
    let workflow: String
    let version: Int
    let schedule: Schedule
    /// Makes the run for a time.
    let run: @Sendable (Date) throws -> NewRun

    /// Creates a schedule for a workflow.
    /// - Parameters:
    ///   - workflow: The workflow.
    ///   - schedule: When its runs start.
    ///   - name: The name of the schedule, unique in the service's database and never changed; by default, the name of the workflow.
    ///   - input: Returns the input of the run for a time.
    public init<Flow: Workflow>(
        _ workflow: Flow.Type, _ schedule: Schedule, named name: String = Flow.name, input: @escaping @Sendable (Date) throws -> Flow.Input
    ) {
        self.name = name
        self.workflow = Flow.name
        version = Flow.version
        self.schedule = schedule
        run = { date in
            NewRun(Flow.self, try input(date), id: "\(name)@\(Self.label(of: date))")
        }
    }

    /// Returns a time of a schedule as text, to the second.
    static func label(of time: Date) -> String { RFC3339.format(time).prefix(19) + "Z" }
}
