import Roost
import RoostData
import RoostHTTP
import RoostSupervisor

extension External {
    /// The settings that a program cannot read where the system's own processes do, such as from files of secrets, and so gets in its environment.
    private static let passedOn = ["DATABASE_URL", "STORE_URL", "EVENTS_URL", "ENVIRONMENT", "LOG_LEVEL", "LOG_FORMAT"]

    /// The process as the supervisor runs it.
    /// - Parameters:
    ///   - address: Where it must listen.
    ///   - shared: The environment of all processes of the system.
    ///   - settings: The settings of the system.
    func process(at address: HTTPAddress, _ shared: [String: String], _ settings: Settings) -> ProcessPlan {
        let keys = Self.passedOn + [ResourceSetting<Database>.database(of: name).key]
        let told = keys.compactMap { key in settings.text(key).map { (key, $0) } }
        let system = shared.merging(told) { $1 }.merging(["HOST": address.host, "PORT": String(address.port)]) { $1 }
        return ProcessPlan(
            name, executable: command, arguments: arguments, environment: environment.merging(system) { $1 },
            readiness: .line(variable: Setting<String?>.readyLine.key), isRequired: isRequired)
    }
}

extension ServiceSystem {
    /// The programs in other languages.
    var programs: [External] { services.compactMap { $0 as? External } }

    /// The names in the declaration without programs in other languages, which no process of this program can host.
    package var hostedNames: [String] {
        let programs = Set(programs.map(\.name))
        return names.filter { !programs.contains($0) }
    }

    /// Returns the program that serves a contract, or `nil` if it is a service in Swift.
    func program(serving contract: String) -> External? {
        programs.first { $0.contracts.contains { $0.description.name == contract } }
    }
}
