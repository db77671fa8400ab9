import ArgumentParser

/// Ours of the database section: the server, and the programs that measure what no load from outside can.
@main
struct BenchData: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench-data", subcommands: [Copy.self, Serve.self, Drive.self, Keep.self], defaultSubcommand: Serve.self)
}
