/// A parameter of a query that can be given several times: `?tag=a&tag=b`.
package enum ParameterList {
    /// The largest number of values.
    package static let limit = 100

    /// Returns the fault of a parameter that is given too often.
    package static func fault(of name: String) -> Fault {
        Fault(pointer: "/" + name, rule: "count", message: bounds.words(of: "item"))
    }

    static let bounds = Bounds(...limit)
}
