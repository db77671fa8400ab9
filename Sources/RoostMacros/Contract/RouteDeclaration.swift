import SwiftSyntax

/// A function that answers a route, as its attribute and its signature tell.
struct RouteDeclaration {
    let function: FunctionDeclSyntax
    let attribute: AttributeSyntax
    let path: PathLiteral
    let parameters: [RouteParameter]
    /// The type of the reply; `nil` where there is none.
    let reply: TypeShape?

    static let attributes: Set = ["Get", "Post", "Put", "Patch", "Delete", "Live"]

    /// - Returns: `nil` where the function has no route's attribute, or one from which no route can be made.
    init?(_ function: FunctionDeclSyntax, _ findings: inout Findings) {
        guard let attribute = function.attributes.named(Self.attributes).first else { return nil }
        for other in function.attributes.named(Self.attributes).dropFirst() {
            findings.error("one function answers one route: give the second a function of its own", at: other)
        }
        guard let pattern = attribute.labelledArguments.first?.expression, let path = PathLiteral(pattern, &findings) else { return nil }
        self.function = function
        self.attribute = attribute
        self.path = path
        let headers = HeaderNames(attribute.argument("headers"), &findings)
        let takesBody = ["Post", "Put", "Patch", "Live"].contains(attribute.name)
        parameters = function.signature.parameterClause.parameters.map { parameter in
            RouteParameter(parameter, path, headers, takesBody: takesBody, attribute: attribute.name, &findings)
        }
        let reply = function.signature.returnClause.map { TypeShape($0.type) }
        self.reply = reply?.isVoid == true ? nil : reply
        if let reply = self.reply, reply.text != "Response" { reply.check(&findings) }
        if let generics = function.genericParameterClause {
            findings.error("a route's function takes no type parameters: a wire carries known types", at: generics)
        }
        check(headers, &findings)
        checkStreams(&findings)
    }

    var name: String { function.name.text.unquoted }
    /// The name as source.
    var identifier: String { function.name.text }
    var method: String { isLive ? "get" : attribute.name.lowercased() }
    var isLive: Bool { attribute.name == "Live" }
    var body: RouteParameter? { parameters.first(where: \.isBody) }
    var isAsync: Bool { function.signature.effectSpecifiers?.asyncSpecifier != nil }
    var isThrowing: Bool { function.signature.effectSpecifiers?.throwsClause != nil }
    var repliesRaw: Bool { reply?.text == "Response" }

    /// What `Location` says, as the source of a string.
    var location: String? {
        guard let pattern = attribute.argument("location")?.plainText else { return nil }
        let filled = pattern.split(separator: "{", omittingEmptySubsequences: false).enumerated().map { index, part in
            guard index > 0, let end = part.firstIndex(of: "}") else { return String(part) }
            return "\\(PercentCoding.encode(reply.\(part[..<end]).parameter))" + part[part.index(after: end)...]
        }
        return "\"\(filled.joined())\""
    }

    private func checkStreams(_ findings: inout Findings) {
        if isLive, reply?.streamed == nil {
            findings.error("a @Live function replies with a MessageStream", at: function.signature.returnClause?.type ?? TypeSyntax("Void"))
        }
        if let option = attribute.argument("takesIdempotencyKey"), body?.type.streamed != nil {
            findings.error("a stream cannot be repeated: take one value, or leave `takesIdempotencyKey` out", at: option)
        }
        if !isLive, let reply, reply.streamed != nil { findings.error("mark a function that replies with a stream @Live", at: attribute) }
        if isLive, let body, body.type.streamed == nil {
            findings.error(
                "the body of a @Live function is a MessageStream: label `\(body.name)` to make it a query parameter", at: body.syntax)
        }
    }

    private func check(_ headers: HeaderNames, _ findings: inout Findings) {
        let names = parameters.map(\.name)
        for placeholder in path.placeholders where !names.contains(placeholder) {
            findings.error("no parameter of `\(name)` is named `\(placeholder)`, as the path's placeholder is", at: path.syntax)
        }
        for (key, node) in headers.keys where !names.contains(key) {
            findings.error("no parameter of `\(name)` is named `\(key)`: `headers` goes from parameters to header fields", at: node)
        }
        for second in parameters.filter(\.isBody).dropFirst() {
            findings.error("a request has one body: label this parameter, or put both into one @Schema struct", at: second.syntax)
        }
        if reply == nil, let location = attribute.argument("location") {
            findings.error("`location` is filled from the reply, and `\(name)` has none", at: location)
        }
    }
}

/// Which parameters come from header fields: `["key": "Idempotency-Key"]`.
struct HeaderNames {
    /// The parameters' names, each with its place in the source.
    private(set) var keys: [(name: String, node: Syntax)] = []
    private var names: [String: String] = [:]

    init(_ expression: ExprSyntax?, _ findings: inout Findings) {
        guard let expression else { return }
        guard let dictionary = expression.as(DictionaryExprSyntax.self) else {
            findings.error("write the header fields here, as in [\"key\": \"Idempotency-Key\"]", at: expression)
            return
        }
        guard case .elements(let elements) = dictionary.content else { return }
        for element in elements {
            guard let key = element.key.plainText, let value = element.value.plainText else {
                findings.error("write the parameter's and the field's name as plain strings", at: element)
                continue
            }
            keys.append((key, Syntax(element.key)))
            names[key] = value
        }
    }

    subscript(parameter: String) -> String? { names[parameter] }
}
