import Foundation

extension ProcessRun {
    /// Runs a planned process, and reports its start, its lines and its readiness.
    /// - Parameter ready: Called when the process is ready.
    func run(_ plan: ProcessPlan, _ tell: Supervisor.Listener, ready: () -> Void) async -> ProcessEnd {
        var program = Program(plan.executable, plan.arguments, environment: plan.environment)
        program.signalsGroup = true
        var readyLine: String?
        if case .line(let variable) = plan.readiness {
            let line = "ready " + UUID().uuidString
            readyLine = line
            program.environment[variable] = line
        }
        func show(_ line: String) {
            guard line == readyLine else { return tell(.line(name: plan.name, text: line)) }
            readyLine = nil
            tell(.ready(name: plan.name))
            ready()
        }
        var lines = OutputLines()
        let end = await run(program) { processID in
            tell(.started(name: plan.name, processID: processID))
            if case .atStart = plan.readiness {
                tell(.ready(name: plan.name))
                ready()
            }
        } read: { bytes in
            lines.append(bytes).forEach(show)
        }
        lines.finish().map(show)
        return end
    }
}
