extension RequestContext: CustomStringConvertible, CustomReflectable {
    /// Names the call, and shows nothing of its caller's credentials.
    public var description: String { "RequestContext(\(requestID))" }
    public var customMirror: Mirror { Mirror(self, children: ["requestID": requestID]) }
}
