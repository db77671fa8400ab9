import ArgumentParser

/// Ours: the server, and the programs that measure what no load from outside can.
@main
struct BenchServer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench-server", subcommands: [Serve.self, Call.self, Compare.self, Codec.self, Libraries.self],
        defaultSubcommand: Serve.self)
}
