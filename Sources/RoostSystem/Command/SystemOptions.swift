import ArgumentParser

/// The options of running a system.
struct SystemOptions: ParsableArguments {
    @Flag(help: "Run all services in one process instead of one each.")
    var together = false

    @Option(help: ArgumentHelp("The port that the gateway listens on.", discussion: "PORT does the same.", valueName: "number"))
    var port: Int?

    @Option(help: ArgumentHelp("The folder for databases.", discussion: "DATA_DIR does the same; .roost if left out.", valueName: "folder"))
    var data: String?

    @Option(
        help: ArgumentHelp(
            "Run just these services in this process, unsupervised, as a container does.",
            discussion: "ADDRESSES tells it where the others are, SERVICE_KEY what services show one another.", valueName: "names"))
    var host: String?
}
