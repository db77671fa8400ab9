import Roost
import RoostHTTP

@Service struct Hello {
    /// Greets whoever says their name.
    @Get("/hello/{name}") func greet(name: String) -> String { "Hello, \(name)!" }
}

try await Hello().serve()
