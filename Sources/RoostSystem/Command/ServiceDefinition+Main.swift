import Roost

extension ServiceDefinition {
    /// Runs the service by itself in this process, as its container does, until it is asked to stop, and ends the process.
    ///
    /// `PORT` says where it listens, `ADDRESSES` where the services that it calls do.
    /// - Parameter drivers: What opens the service's database, the key-value store and the event bus.
    public func main(drivers: [Driver]) async -> Never {
        let service = self
        await System(name, drivers: drivers) { service }.main(hosting: [name])
    }
}
