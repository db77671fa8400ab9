import ArgumentParser
import Foundation
import Logging
import Roost
import RoostHTTP
import RoostSettings
import ServiceLifecycle

extension ServiceSystem {
    /// Runs the system according to its command line until it is asked to stop, and ends the process.
    public func main() async -> Never { await main(hosting: nil) }

    /// Runs the system or some of its services until it is asked to stop, and ends the process.
    /// - Parameter names: What to run in this process; `nil` to let the command line decide.
    func main(hosting names: [String]?) async -> Never {
        do {
            guard let options = try await options(hosting: names) else { exit(ExitCode.success) }
            if let description = options.description {
                print(description == .describe ? outline.text : String(decoding: JSON.encode(outline), as: UTF8.self))
                exit(ExitCode.success)
            }
            let hosted = names ?? options.host?.split(separator: ",").map(String.init)
            let declared = settings(hosting: hosted.map(Set.init))
            let given = try options.given(declared)
            let settings = try await SettingSources(commandLine: given).settings(declared)
            try check(settings, hosting: hosted)
            let filter = SecretFilter(Settings.environment.with(settings), declared: declared)
            try Log.start(settings, without: filter, style: log)
            if let hosted {
                try await host(hosted, settings)
                exit(ExitCode.success)
            }
            exit(try await supervise(together: options.together, settings, given, filter))
        } catch {
            StandardError.write(name, SecretFilter(.environment).filtered("\(error)") + hint(on: error))
            exit(ExitCode.of(error))
        }
    }

    /// Returns where to find the allowed settings, if a setting is wrong. In the supervisor's processes, that is left to the supervisor.
    private func hint(on error: any Error) -> String {
        let keys = settings().map(\.key)
        let faults = (error as? ConfigurationError)?.faults ?? []
        let isOfSetting = faults.contains { fault in
            keys.contains { fault.hasPrefix("\($0)=") || fault.hasPrefix("\($0) must be given") }
        }
        // A supervisor says it once for all of its processes.
        return isOfSetting && Settings.environment.text(Setting.readyLine.key) == nil ? "\n--describe lists all settings" : ""
    }

    /// Reads the command line, and does what it asks for other than running the system.
    /// - Returns: `nil` if that was all. The process ends here if help is asked for or an option is unknown.
    private func options(hosting names: [String]?) async throws -> SystemOptions? {
        let command: any ParsableCommand
        do { command = try SystemCommand.parseAsRoot() } catch { SystemCommand.exit(withError: error) }
        switch command {
        case let command as SystemCommand: return command.options
        case let command as ProtosCommand:
            let hosted = services.filter { names?.contains($0.name) ?? true }
            try command.run(
                on: hosted.flatMap { $0.contracts.map { $0.description } }, .of(hosted.map { ($0.name, $0.publishes, $0.subscribes) }))
            return nil
        case let command as any MigrationCommand:
            let workspace = try await MigrationWorkspace(self, hosting: names, command.options)
            defer { workspace.clean() }
            try await command.run(on: workspace)
            return nil
        case var help:
            do { try help.run() } catch { SystemCommand.exit(withError: error) }
            return nil
        }
    }

    /// Runs services in this process until it is asked to stop.
    private func host(_ names: [String], _ settings: Settings) async throws {
        let hasLifeline = try settings[.lifeline]
        // Ctrl-C reaches all processes of a terminal at once. Under a supervisor, only the supervisor reacts to it.
        if hasLifeline { signal(SIGINT, SIG_IGN) }
        let stop = await StopRequests(hasLifeline ? [.sigterm] : [.sigterm, .sigint], lifeline: hasLifeline)
        let logger = Logger(label: name)
        let running = try await RunningServices.start(self, names, settings: settings, logger: logger)
        try Readiness.tell(settings)
        for (service, port) in await running.ports.sorted(by: { $0.key < $1.key }) { logger.debug("\(service) listens on port \(port)") }
        let services: [any Service] = [running, stop]
        let configurations = services.map {
            ServiceGroupConfiguration.ServiceConfiguration(
                service: $0, successTerminationBehavior: .gracefullyShutdownGroup, failureTerminationBehavior: .gracefullyShutdownGroup)
        }
        try await ServiceGroup(configuration: ServiceGroupConfiguration(services: configurations, logger: logger)).run()
    }
}
