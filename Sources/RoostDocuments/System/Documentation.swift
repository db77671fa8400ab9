import Roost

extension ContractDescription {
    /// The whole documentation comment, with one line per paragraph.
    var documentation: String { details.isEmpty ? summary : summary + "\n" + details }
}

extension Route {
    /// The whole documentation comment, with one line per paragraph.
    var documentation: String { details.isEmpty ? summary : summary + "\n" + details }
}
