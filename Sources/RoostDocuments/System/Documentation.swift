import Roost

extension ContractDescription {
    /// All that its comment says, a line a paragraph.
    var documentation: String { details.isEmpty ? summary : summary + "\n" + details }
}

extension Route {
    /// All that its comment says, a line a paragraph.
    var documentation: String { details.isEmpty ? summary : summary + "\n" + details }
}
