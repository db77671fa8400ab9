/// One page of a list, and where the next begins.
public struct Page<Item> {
    public var items: [Item]
    /// What to pass as `cursor` for the next page; `null` on the last.
    public var next: String?

    public init(items: [Item], next: String? = nil) {
        self.items = items
        self.next = next
    }
}

extension Page: Sendable where Item: Sendable {}

/// What `@Schema` makes of a struct, written out: so a page of what is no schema is a type as well, and where a contract names one, the
/// compiler says once that the item must be marked.
extension Page: JSONCodable, ProtobufCodable, Schema where Item: Schema {
    public static var schema: JSONSchema {
        .object("PageOf" + Item.schema.name, description: "One page of a list, and where the next begins.") {
            JSONSchema.Field("items", .of([Item].self))
            JSONSchema.Field(
                "next", .of(String?.self), isRequired: false,
                description: "What to pass as `cursor` for the next page; `null` on the last.")
        }
    }

    public static func decode(from json: inout JSONReader) throws(DecodingFailure) -> Page? {
        guard let start = try json.beginObject() else { return nil }
        var seen = JSONFields(), items: [Item]?, next: String?? = .some(nil)
        while let key = try json.peekKey() {
            switch key {
            case "items":
                try json.field(0, "items", &seen)
                items = try [Item].decode(from: &json)
            case "next":
                try json.field(1, "next", &seen)
                next = try String?.decode(from: &json)
            default: try json.skipField()
            }
        }
        json.require(0, "items", of: start, seen)
        guard let items, let next else { return nil }
        return Page(items: items, next: next)
    }

    public func encode(to json: inout JSONWriter) {
        json.literal(#"{"items":"#)
        items.encode(to: &json)
        json.literal(#","next":"#)
        next.encode(to: &json)
        json.literal("}")
    }

    public static func decode(from message: inout ProtobufReader) throws(DecodingFailure) -> Page? {
        var items: [Item]?, next: String?? = .some(nil)
        while let field = try message.nextField() {
            switch field {
            case 1: try message.read(&items, "items")
            case 2: try message.read(&next, "next")
            default: try message.skip()
            }
        }
        message.settle(&items, "items")
        guard let items, let next else { return nil }
        return Page(items: items, next: next)
    }

    public func encode(to message: inout ProtobufWriter) {
        message.field(1, items)
        message.field(2, next)
    }

    public func check(_ faults: inout FaultCollector) {
        faults.check(items, "items")
        faults.check(next, "next")
    }
}
