import Roost

/// Finds what values of a schema, or their readers, do not survive when it is replaced by another one.
///
/// The schemas are documents as `JSONSchema.document` has them. Names of types, descriptions and examples do not count. Adding an optional
/// field is allowed, and so is allowing more values by a wider check, another word or another case: readers must know them first.
struct SchemaComparison {
    /// A change that matters.
    struct Change {
        /// Where it is, such as `items[].sku`; empty for the whole value.
        let path: String
        /// What happened to it.
        let text: String

        /// The change in words, beginning with its path.
        var words: String { path.isEmpty ? "it \(text)" : "\(path) \(text)" }
    }

    private let before: JSONValue
    private let after: JSONValue
    /// The pairs of types that were compared, so that recursive types end.
    private var compared: Set<[String]> = []
    private var changes: [Change] = []

    /// Returns the changes.
    /// - Parameters:
    ///   - before: The schema that values and readers rely on.
    ///   - after: The schema that replaces it.
    static func changes(from before: JSONValue, to after: JSONValue) -> [Change] {
        var comparison = SchemaComparison(before: before, after: after)
        comparison.compare(before, after, at: "")
        return comparison.changes
    }

    private init(before: JSONValue, after: JSONValue) {
        self.before = before
        self.after = after
    }

    private mutating func compare(_ before: JSONValue, _ after: JSONValue, at path: String) {
        let names = [before, after].compactMap { $0["$ref"]?.text }
        if names.count == 2, !compared.insert(names).inserted { return }
        compareNodes(SchemaNode(before, in: self.before), SchemaNode(after, in: self.after), at: path)
    }

    private mutating func compareNodes(_ before: SchemaNode, _ after: SchemaNode, at path: String) {
        guard before.kind == after.kind else { return note("was \(before.kind) and is now \(after.kind)", path) }
        if before.isNullable != after.isNullable { note(after.isNullable ? "can now be null" : "can no longer be null", path) }
        if let removed = before.words?.subtracting(after.words ?? []), after.words != nil, !removed.isEmpty {
            note("no longer allows \(removed.sorted().joined(separator: ", "))", path)
        } else if before.words == nil, after.words != nil {
            note("allows only some words now", path)
        }
        for rule in after.narrowings(of: before) { note(rule, path) }
        compareFields(before, after, at: path)
        compareCases(before.cases, after.cases, at: path)
        if let before = before.element, let after = after.element { compare(before, after, at: path + "[]") }
    }

    private mutating func compareFields(_ before: SchemaNode, _ after: SchemaNode, at path: String) {
        for (name, old) in before.fields.sorted(by: { $0.key < $1.key }) {
            let place = path.isEmpty ? name : "\(path).\(name)"
            guard let new = after.fields[name] else {
                note("was removed", place)
                continue
            }
            switch (before.required.contains(name), after.required.contains(name)) {
            case (true, false): note("was required and is now optional", place)
            case (false, true): note("was optional and is now required", place)
            default: compare(old, new, at: place)
            }
        }
        for name in after.required.subtracting(before.fields.keys).sorted() {
            note("is new and required, but events so far lack it", path.isEmpty ? name : "\(path).\(name)")
        }
    }

    private mutating func compareCases(_ before: [String: JSONValue], _ after: [String: JSONValue], at path: String) {
        for (name, old) in before.sorted(by: { $0.key < $1.key }) {
            let place = path.isEmpty ? name : "\(path).\(name)"
            if let new = after[name] { compare(old, new, at: place) } else { note("was removed", place) }
        }
    }

    private mutating func note(_ text: String, _ path: String) { changes.append(Change(path: path, text: text)) }
}
