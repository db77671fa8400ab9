import Logging
import Roost

extension Setting where Value == String {
    /// `HOST`, the address to listen on.
    static var host: Setting {
        Setting(
            "HOST", default: "127.0.0.1",
            purpose: "The address to listen on, of the gateway or of a service run by itself. Services beside a gateway use 127.0.0.1.")
    }

    /// `DATA_DIR`, the folder of databases.
    static var dataFolder: Setting { Setting("DATA_DIR", default: ".roost", purpose: "The folder of databases.") }
}

extension Setting where Value == String? {
    /// `PUBLIC_URL`, the system's address as its users know it.
    static var publicURL: Setting {
        Setting(
            "PUBLIC_URL", allowed: "the system's address, such as https://shop.example", described: "the gateway's own address",
            purpose: "The system's address as its users know it.",
            parse: { $0.wholeMatch(of: /https?:\/\/[^\/?#@\s]+\/?/) == nil ? nil : $0 })
    }

    /// `READY_LINE`, what the supervisor waits for.
    static var readyLine: Setting {
        Setting(
            "READY_LINE", allowed: "a line", described: "nothing",
            purpose: "What to write on standard output once everything listens, as the supervisor's processes do.", parse: { $0 })
    }
}

extension Setting where Value == Bool {
    /// `LIFELINE`, by which the supervisor's processes end with it.
    static var lifeline: Setting {
        Setting("LIFELINE", purpose: "Whether to stop when standard input ends, as the supervisor's processes do.")
    }
}

extension Setting where Value == Logger.Level {
    /// `LOG_LEVEL`, from which on lines are logged.
    static var logLevel: Setting { Setting("LOG_LEVEL", default: .info, purpose: "From which level on lines are logged.") }
}
