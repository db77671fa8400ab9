import Roost

extension ServiceDefinition {
    /// Runs the service by itself in this process, as its container does, until it is asked to stop, and ends the process.
    ///
    /// `PORT` says where it listens, `ADDRESSES` where the services that it calls do.
    public func main() async -> Never {
        let service = self
        await System(name) { service }.main(hosting: [name])
    }
}
