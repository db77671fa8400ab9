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
        } catch {
            StandardError.write("\(name): " + SecretFilter(.environment).filtered("\(error)"))
            exit(ExitCode.of(error))
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
        let logger = Logger(label: name)
        let running = try await RunningServices.start(self, names, configuration: configuration, logger: logger)
        Readiness.tell(configuration)
        for (service, port) in await running.ports.sorted(by: { $0.key < $1.key }) { logger.debug("\(service) listens on port \(port)") }
        let failure = await Self.failure(of: running, before: stop)
        await running.stop(within: .seconds(20))
        if let failure { throw failure }
    }

    /// Waits until the process is asked to stop, or its services cannot go on.
    private static func failure(of running: RunningServices, before stop: StopSignal) async -> ConfigurationError? {
        await withTaskGroup(of: ConfigurationError?.self) { group in
            group.addTask { await running.failure() }
            group.addTask {
                await stop.wait()
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }

    /// Runs the system as processes until it is asked to stop.
    ///
    /// What all of them are told is checked here first, so that what is wrong with it is said once and before anything has started.
    private func supervise(together: Bool, _ configuration: Configuration) async throws -> Int32 {
        try ConfigurationError.check(try faults(atGateway: gateway != nil))
        let stop = StopSignal(lifeline: try configuration.flag("LIFELINE"))
        _ = try (DeploymentEnvironment(configuration), TrustedProxies.from(configuration))
        let serviceKey = try ServiceKey.given(in: configuration) ?? ServiceKey.random()
        let folder = try DataFolder(configuration)
        var ports = try ReservedPorts(services.count)
        defer { ports.release() }
        let addresses = Dictionary(
            uniqueKeysWithValues: zip(services, ports.numbers).map { ($0.name, HTTPAddress(host: "127.0.0.1", port: $1)) })
        let door = try door(configuration, &ports)
        try await SharedStores.open(configuration, in: folder).close()
        let plans = ProcessPlan.plan(self, together: together, addresses: addresses, gateway: door)
        let environment = ProcessInfo.processInfo.environment.merging([
            "ADDRESSES": HTTPAddress.text(addresses),
            "DATA_DIR": folder.path,
            "PORT": String(door.port),
            "PUBLIC_URL": configuration.string("PUBLIC_URL") ?? "http://\(door)",
            "LIFELINE": "1",
            ServiceKey.name: serviceKey,
        ]) { $1 }
        return await Supervisor(name, plans, environment: environment).run(until: stop)
    }

    /// Where the gateway will listen, as seen from this machine. The port is kept for it.
    private func door(_ configuration: Configuration, _ ports: inout ReservedPorts) throws -> HTTPAddress {
        let host = configuration.string("HOST") ?? "127.0.0.1"
        let wanted = try configuration.port("PORT", default: gateway?.port ?? 0)
        let port: Int
        do { port = gateway == nil ? wanted : try ports.add(host: host, port: wanted) } catch { throw error.naming(port: "PORT") }
        return HTTPAddress(host: ["0.0.0.0", "::"].contains(host) ? "127.0.0.1" : host, port: port)
    }
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
