extension Headers: CustomStringConvertible {
    /// The field lines for a log, without credentials, cookies and keys.
    public var description: String {
        fields.map { "\($0.name): \(Redaction.isSecret($0.name) ? Redaction.mark : Redaction.text($0.value))" }.joined(separator: ", ")
    }
}
