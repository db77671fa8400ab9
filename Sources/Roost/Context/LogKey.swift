/// The keys of the metadata that each log line of a call has.
public enum LogKey {
    /// The identifier of the request, which is the same in every service that it reaches.
    public static let requestID = "request-id"
    /// The identifier of the trace: 32 hexadecimal digits.
    public static let traceID = "trace-id"
    /// The operation that is called, such as `orders.place`, or the background work.
    public static let operation = "operation"
    /// The name of the service.
    public static let service = "service"
}
