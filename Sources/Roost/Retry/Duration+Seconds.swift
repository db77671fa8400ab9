extension Duration {
    /// The duration in seconds.
    public var inSeconds: Double { self / .seconds(1) }

    /// The duration in seconds, rounded to milliseconds for a person.
    public var roundedSeconds: Double { (self / .milliseconds(1)).rounded() / 1000 }

    /// The duration in whole milliseconds, rounded up, to be added to a time or subtracted from one: at least 0, and at most a thousand years,
    /// which are for ever.
    package var milliseconds: Int64 {
        Int64((min(max(self, .zero), .seconds(31_557_600_000)) / .milliseconds(1)).rounded(.up))
    }
}
