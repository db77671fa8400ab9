/// One page of a list, and the cursor of the next page.
public struct Page<Item> {
    /// The items of this page, in the order of the list.
    public var items: [Item]
    /// The cursor to pass for the next page; `null` on the last one.
    public var next: String?

    /// Creates a page.
    /// - Parameters:
    ///   - items: The items of the page.
    ///   - next: The cursor of the next page; `nil` on the last one.
    public init(items: [Item], next: String? = nil) {
        self.items = items
        self.next = next
    }
}

extension Page: Sendable where Item: Sendable {}

/// The conformance that `@Schema` would generate, written out. This way, a page of a type without a schema is still a type, and the
/// compiler reports the missing `@Schema` once.
extension Page: JSONCodable, ProtobufCodable, Schema where Item: Schema {
    /// An object named `PageOf…` with the required field `items` and the optional field `next`.
    public static var schema: JSONSchema {
        .object("PageOf" + Item.schema.name, description: "One page of a list, and where the next begins.") {
            JSONSchema.Field("items", .of([Item].self))
            JSONSchema.Field(
                "next", .of(String?.self), isRequired: false,
                description: "What to pass as `cursor` for the next page; `null` on the last.")
        }
    }

    /// Reads a page from JSON. Returns `nil` after recording a fault.
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

    /// Writes the page as a JSON object.
    public func encode(to json: inout JSONWriter) {
        json.literal(#"{"items":"#)
        items.encode(to: &json)
        json.literal(#","next":"#)
        next.encode(to: &json)
        json.literal("}")
    }

    /// Reads a page from a message whose field 1 holds the items and field 2 the next cursor.
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

    /// Writes the items as field 1 and the next cursor as field 2.
    public func encode(to message: inout ProtobufWriter) {
        message.field(1, items)
        message.field(2, next)
    }

    /// Checks every item and the next cursor.
    public func check(_ faults: inout FaultCollector) {
        faults.check(items, "items")
        faults.check(next, "next")
    }
}
