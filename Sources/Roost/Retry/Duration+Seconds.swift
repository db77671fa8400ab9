extension Duration {
    /// The duration in seconds.
    public var inSeconds: Double { self / .seconds(1) }

    /// The duration in seconds, rounded to milliseconds for a person.
    public var roundedSeconds: Double { (self / .milliseconds(1)).rounded() / 1000 }
}
