/// The part that the doubles of all contracts share. `@Contract` generates the rest.
public enum ContractDouble {
    /// Returns the error of a function for which a test gave its double no closure.
    /// - Parameter operation: The name of the operation.
    public static func missing(_ operation: String) -> Problem {
        Problem(.notImplemented, "The test calls \(operation), but gave its double no closure for this function.")
    }
}
