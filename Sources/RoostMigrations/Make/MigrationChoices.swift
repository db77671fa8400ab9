/// What `MigrationMaker.make` cannot tell from the models, as options say it.
public struct MigrationChoices: Sendable {
    /// The columns and tables that have another name: `products.weight=mass`, `products=articles`.
    public var renames: [String]
    /// The columns and tables that are dropped and were not renamed, such as `products.weight`.
    public var drops: [String]
    /// The columns whose types change although values can be lost, such as `products.weight`.
    public var conversions: [String]

    /// Creates choices.
    public init(renames: [String] = [], drops: [String] = [], conversions: [String] = []) {
        self.renames = renames
        self.drops = drops
        self.conversions = conversions
    }
}

/// The question whether a table or a column was renamed.
public struct RenameQuestion: Hashable, Sendable {
    /// The name before, such as `products.weight` or `products`.
    public let before: String
    /// The new name, such as `mass` or `articles`.
    public let after: String
}
