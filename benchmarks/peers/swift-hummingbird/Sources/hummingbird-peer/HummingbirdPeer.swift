import ArgumentParser
import Hummingbird

@main
struct HummingbirdPeer: AsyncParsableCommand {
    @Option(help: "The TCP port.") var port = 8080

    func run() async throws {
        let router = Router()
        router.get("plaintext") { _, _ in "Hello, World!" }
        router.get("json") { _, _ in Greeting(message: "Hello, World!") }
        router.post("orders") { request, context in
            let order = try await request.decode(as: Order.self, context: context)
            try order.validate()
            return order
        }
        let app = Application(router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)))
        try await app.runService()
    }
}
