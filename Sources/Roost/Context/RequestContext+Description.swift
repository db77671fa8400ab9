extension RequestContext: CustomStringConvertible, CustomReflectable {
    /// The request's identifier, without the caller's credentials.
    public var description: String { "RequestContext(\(requestID))" }
    /// A mirror that shows the request identifier alone, so that dumping the context reveals no credentials.
    public var customMirror: Mirror { Mirror(self, children: ["requestID": requestID]) }
}
