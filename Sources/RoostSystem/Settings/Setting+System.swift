import Logging
import Roost

extension Setting where Value == String {
    /// `HOST`, the address to listen on.
    static var host: Setting {
        Setting(
            "HOST", default: "127.0.0.1",
            purpose: "The address to listen on, for the gateway or a service that runs alone. Services behind a gateway use 127.0.0.1.")
    }

    /// `DATA_DIR`, the folder for databases.
    static var dataFolder: Setting { Setting("DATA_DIR", default: ".roost", purpose: "The folder for databases.") }
}

extension Setting where Value == String? {
    /// `PUBLIC_URL`, the system's address as its users know it.
    public static var publicURL: Setting {
        Setting(
            "PUBLIC_URL", allowed: "the system's address, such as https://shop.example", described: "the gateway's own address",
            purpose: "The system's address as its users know it.",
            parse: { $0.wholeMatch(of: /https?:\/\/[^\/?#@\s]+\/?/) == nil ? nil : $0 })
    }

    /// `READY_LINE`, for which the supervisor waits.
    static var readyLine: Setting {
        Setting(
            "READY_LINE", allowed: "a line", described: "nothing",
            purpose: "The line to write to standard output once every server listens. The supervisor sets it.", parse: { $0 })
    }
}

extension Setting where Value == Bool {
    /// `LIFELINE`, which ends the supervisor's processes together with it.
    static var lifeline: Setting {
        Setting("LIFELINE", purpose: "Whether to stop when standard input ends. The supervisor sets it.")
    }
}

extension Setting where Value == Logger.Level {
    /// `LOG_LEVEL`, the lowest level that is logged.
    static var logLevel: Setting { Setting("LOG_LEVEL", default: .info, purpose: "The lowest level that is logged.") }
}

extension Setting where Value == LogFormat {
    /// `LOG_FORMAT`, what the lines of the log look like.
    static var logFormat: Setting { Setting("LOG_FORMAT", default: .text, purpose: "What the lines of the log look like.") }
}
