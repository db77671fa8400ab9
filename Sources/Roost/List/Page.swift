/// One page of a list, and where the next begins.
@Schema
public struct Page<Item: Schema> {
    public var items: [Item]
    /// What to pass as `cursor` for the next page; `null` on the last.
    public var next: String?
}
