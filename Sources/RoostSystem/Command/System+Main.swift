import ArgumentParser
import Foundation
import Logging
import Roost
import RoostHTTP

extension System {
    /// Runs the system as its command line says, until it is asked to stop, and ends the process.
    public func main() async -> Never { await main(hosting: nil) }

    /// - Parameter names: what to run in this process whatever the command line says; the command line decides where left out.
    func main(hosting names: [String]?) async -> Never {
        do {
            guard let options = try options(hosting: names) else { exit(ExitCode.success) }
            let configuration = Configuration.environment.with(options.settings)
            try Log.start(configuration)
            if let names = names ?? options.host?.split(separator: ",").map(String.init) {
                try await host(names, configuration)
                exit(ExitCode.success)
            }
            exit(try await supervise(together: options.together, configuration))
        } catch let error as ConfigurationError {
            Self.complain("\(name): \(error)")
            exit(ExitCode.configuration)
        } catch {
            Self.complain("\(name): \(error)")
            exit(ExitCode.failure)
        }
    }

    /// Reads the command line, and does what it asks for besides running the system.
    /// - Returns: `nil` where that was all. The process ends here where help is asked for, or something that there is not.
    private func options(hosting names: [String]?) throws -> SystemOptions? {
        let command: any ParsableCommand
        do { command = try SystemCommand.parseAsRoot() } catch { SystemCommand.exit(withError: error) }
        switch command {
        case let command as SystemCommand: return command.options
        case let command as ProtosCommand:
            let hosted = services.filter { names?.contains($0.name) ?? true }
            try command.run(on: hosted.flatMap { $0.contracts.map { $0.description } })
            return nil
        case var help:
            do { try help.run() } catch { SystemCommand.exit(withError: error) }
            return nil
        }
    }

    /// Runs services in this process until it is asked to stop.
    private func host(_ names: [String], _ configuration: Configuration) async throws {
        let hasLifeline = try configuration.flag("LIFELINE")
        // Ctrl-C reaches all processes of a terminal at once; under a supervisor it is for the supervisor alone.
        if hasLifeline { signal(SIGINT, SIG_IGN) }
        let stop = StopSignal(hasLifeline ? [SIGTERM] : [SIGTERM, SIGINT], lifeline: hasLifeline)
        let running = try await RunningServices.start(self, names, configuration: configuration, logger: Logger(label: name))
        await stop.wait()
        await running.stop(within: .seconds(20))
    }

    /// Runs the system as processes until it is asked to stop.
    private func supervise(together: Bool, _ configuration: Configuration) async throws -> Int32 {
        let ports = try ReservedPorts(services.count + 1)
        defer { ports.release() }
        let wanted = try configuration.port("PORT", default: gateway?.port ?? 0)
        let port = wanted == 0 ? ports.numbers[services.count] : wanted
        let addresses = Dictionary(
            uniqueKeysWithValues: zip(services, ports.numbers).map { ($0.name, HTTPAddress(host: "127.0.0.1", port: $1)) })
        let plans = ProcessPlan.plan(self, together: together, addresses: addresses, gatewayPort: port)
        let environment = ProcessInfo.processInfo.environment.merging([
            "ADDRESSES": HTTPAddress.text(addresses),
            "DATA_DIR": try DataFolder(configuration).path,
            "PORT": String(port),
            "PUBLIC_URL": configuration.string("PUBLIC_URL") ?? "http://127.0.0.1:\(port)",
            "LIFELINE": "1",
            "SERVICE_KEY": configuration.string("SERVICE_KEY") ?? String(UInt128.random(in: 0...UInt128.max), radix: 36),
        ]) { $1 }
        return try await Supervisor(name, plans, environment: environment).run(until: StopSignal(lifeline: configuration.flag("LIFELINE")))
    }

    private static func complain(_ line: String) { FileHandle.standardError.write(Data("\(line)\n".utf8)) }
}

extension SystemOptions {
    /// The options as the configuration's keys, which they stand before.
    var settings: [String: String] {
        var settings: [String: String] = [:]
        settings["PORT"] = port.map(String.init)
        settings["DATA_DIR"] = data
        return settings
    }
}
