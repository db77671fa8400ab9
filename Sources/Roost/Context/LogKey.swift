/// The keys under which each log line of a call says what it belongs to.
public enum LogKey {
    /// The request's identifier, the same in every service that it reaches.
    public static let requestID = "request-id"
    /// The trace's identifier: 32 hexadecimal digits.
    public static let traceID = "trace-id"
    /// The operation that is called, such as `orders.place`, or the background work that is done.
    public static let operation = "operation"
    /// The name of the service.
    public static let service = "service"
}
