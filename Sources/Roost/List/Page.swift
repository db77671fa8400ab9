/// One page of a list, and where the next begins.
public struct Page<Item: Schema>: Schema {
    public var items: [Item]
    /// What to pass as `cursor` for the next page; `nil` on the last.
    public var next: String?

    public init(items: [Item], next: String?) {
        self.items = items
        self.next = next
    }

    public static var schema: JSONSchema {
        .object(
            name: "PageOf" + Item.schema.name, description: "One page of a list, and where the next begins.",
            fields: {
                [
                    .init("items", .array(of: Item.schema)),
                    .init("next", .string.orNull, description: "What to pass as cursor for the next page; null on the last."),
                ]
            })
    }

    public static func decode(from json: inout JSONReader) throws(JSONError) -> Page? {
        guard let start = try json.beginObject() else { return nil }
        var items: [Item]?
        var next: String??
        while let key = try json.nextKey() {
            switch key {
            case "items": items = try [Item].decode(from: &json)
            case "next": next = try String?.decode(from: &json)
            default: try json.skipValue()
            }
        }
        guard let items else {
            json.missing("items", of: start)
            return nil
        }
        return Page(items: items, next: next ?? nil)
    }

    public func encode(to json: inout JSONWriter) {
        json.literal("{\"items\":")
        items.encode(to: &json)
        json.literal(",\"next\":")
        next.encode(to: &json)
        json.literal("}")
    }
}
