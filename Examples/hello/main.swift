import Roost
import RoostHTTP

@Service struct Hello {
    /// Greets a person by name.
    @Get("/hello/{name}") func greet(name: String) -> String { "Hello, \(name)!" }
}

try await Hello().serve()
