import Roost

extension ServiceDefinition {
    /// Runs the service alone in this process, as its container does, until it is asked to stop, and ends the process.
    ///
    /// `PORT` is the port to listen on, and `ADDRESSES` are the addresses of the services that it calls.
    /// - Parameters:
    ///   - drivers: The drivers for the service's database, the key-value store and the event bus.
    ///   - log: How the log is written.
    public func main(drivers: [Driver], log: LogStyle = .standard) async -> Never {
        let service = self
        await ServiceSystem(name, drivers: drivers, log: log) { service }.main(hosting: [name])
    }
}
