import ArgumentParser
import Roost
import RoostHTTP

@Service
struct Bench {
    @Get("/plaintext") func plaintext() -> String { "Hello, World!" }
    @Get("/json") func json() -> Greeting { Greeting(message: "Hello, World!") }
    @Post("/orders") func place(_ order: Order) -> Order { order }
}

@main
struct BenchServer: AsyncParsableCommand {
    @Option(help: "The TCP port.") var port = 8080

    func run() async throws { try await Bench().serve(port: port) }
}
