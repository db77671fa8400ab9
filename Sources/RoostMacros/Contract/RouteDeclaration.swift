import SwiftSyntax

/// A function that answers a route, as described by its attribute and its signature.
struct RouteDeclaration {
    let function: FunctionDeclSyntax
    let attribute: AttributeSyntax
    let path: PathLiteral
    let parameters: [RouteParameter]
    /// The type of the reply, or `nil` if there is none.
    let reply: TypeShape?
    private let isContract: Bool

    static let attributes: Set = ["Get", "Post", "Put", "Patch", "Delete", "Live"]

    /// - Parameter isContract: Whether the function belongs to a contract, and not to a `@Service`.
    /// - Returns: `nil` if the function has no route attribute, or one from which no route can be made.
    init?(_ function: FunctionDeclSyntax, isContract: Bool, _ findings: inout Findings) {
        guard let attribute = function.attributes.named(Self.attributes).first else { return nil }
        for other in function.attributes.named(Self.attributes).dropFirst() {
            findings.error("a function can only answer one route: write another function for the second route", at: other)
        }
        guard let pattern = attribute.labelledArguments.first?.expression, let path = PathLiteral(pattern, &findings) else { return nil }
        self.function = function
        self.attribute = attribute
        self.path = path
        self.isContract = isContract
        let names = PartNames(attribute, &findings)
        let takesBody = ["Post", "Put", "Patch", "Live"].contains(attribute.name)
        parameters = function.signature.parameterClause.parameters.map { parameter in
            RouteParameter(parameter, path, names, takesBody: takesBody, attribute: attribute.name, isContract: isContract, &findings)
        }
        let reply = function.signature.returnClause.map { TypeShape($0.type) }
        self.reply = reply?.isVoid == true ? nil : reply
        self.reply?.check(&findings)
        checkFunction(&findings)
        check(names, &findings)
        checkLocation(&findings)
        checkStreams(&findings)
    }

    var name: String { function.name.text.unquoted }
    /// The name of the method in gRPC.
    var procedure: String { name.prefix(1).uppercased() + name.dropFirst() }
    /// The name as source.
    var identifier: String { function.name.text }
    var method: String { isLive ? "get" : attribute.name.lowercased() }
    var isLive: Bool { attribute.name == "Live" }
    var body: RouteParameter? { parameters.first(where: \.isBody) }
    var isAsync: Bool { function.signature.effectSpecifiers?.asyncSpecifier != nil }
    var isThrowing: Bool { function.signature.effectSpecifiers?.throwsClause != nil }
    var repliesRaw: Bool { !isContract && reply?.text == "Roost.Response" }
    /// Whether a body of the type `Request` is the request itself, unless the user declares a type with this name.
    var mayTakeRequest: Bool { !isContract && body?.type.text == "Request" }
    /// Whether a reply of the type `Response` is the response itself, unless the user declares a type with this name.
    var mayReplyRaw: Bool { !isContract && reply?.text == "Response" }

    /// The value of `Location`, as the source of a string.
    var location: String? {
        guard let pattern = attribute.argument("location")?.plainText else { return nil }
        let filled = pattern.split(separator: "{", omittingEmptySubsequences: false).enumerated().map { index, part in
            guard index > 0, let end = part.firstIndex(of: "}") else { return String(part) }
            return "\\(Roost.PercentCoding.encode(reply.\(part[..<end]).parameter))" + part[part.index(after: end)...]
        }
        return "\"\(filled.joined())\""
    }

    private func checkStreams(_ findings: inout Findings) {
        if isLive, reply?.streamed == nil {
            findings.error("a @Live function replies with a MessageStream", at: function.signature.returnClause?.type ?? TypeSyntax("Void"))
        }
        if let option = attribute.argument("takesIdempotencyKey"), body?.type.streamed != nil {
            findings.error("a stream can't be repeated: take a single value, or remove `takesIdempotencyKey`", at: option)
        }
        for list in parameters where list.isList && body?.type.streamed != nil {
            findings.error(
                "`\(list.name)` is metadata in gRPC, because the body is a stream: take a list in the stream's first value", at: list.syntax
            )
        }
        if !isLive, let reply, reply.streamed != nil { findings.error("mark a function that returns a stream with @Live", at: attribute) }
        if isLive, let body, body.type.streamed == nil {
            findings.error(
                "the body of a @Live function is a MessageStream: label `\(body.name)` to make it a query parameter", at: body.syntax)
        }
    }

    private func check(_ parts: PartNames, _ findings: inout Findings) {
        let names = parameters.map(\.name)
        for placeholder in path.placeholders where !names.contains(placeholder) {
            findings.error("no parameter of `\(name)` is named `\(placeholder)`, like the placeholder in the path", at: path.syntax)
        }
        for (part, key, node) in parts.keys {
            if !names.contains(key) {
                findings.error(
                    "no parameter of `\(name)` is named `\(key)`: `\(part.label)` maps the names of parameters to \(part.plural)", at: node)
            }
            if path.placeholders.contains(key) { findings.error("`\(key)` is in the path: remove it from `\(part.label)`", at: node) }
            if part == .cookie, parts.header(of: key) != nil {
                findings.error("`\(key)` comes from a header field: remove it from `headers` or from `cookies`", at: node)
            }
        }
        for second in parameters.filter(\.isBody).dropFirst() {
            findings.error("a request has only one body: label this parameter, or put both into one @Schema struct", at: second.syntax)
        }
    }

    private func checkLocation(_ findings: inout Findings) {
        guard let location = attribute.argument("location"), !location.is(NilLiteralExprSyntax.self) else { return }
        if reply == nil { findings.error("`location` is filled from the reply, but `\(name)` has no reply", at: location) }
        guard let text = location.plainText else {
            findings.error("write the location as a plain string: the code that fills it is generated at compile time", at: location)
            return
        }
        let path = text.prefix { $0 != "?" && $0 != "#" }.split(separator: "/")
        for fault in path.compactMap({
            $0.hasSuffix("...}") ? "a location is filled from properties: write {name}" : PathSegment($0).fault(isLast: true)
        }).prefix(1) {
            findings.error(fault, at: location)
        }
    }

    /// Reports properties of a function that are legal in Swift but cannot be called over a protocol.
    private func checkFunction(_ findings: inout Findings) {
        if let generics = function.genericParameterClause {
            findings.error("the function of a route can't be generic: only concrete types can be sent", at: generics)
        }
        if let modifier = function.modifiers.first(where: { ["static", "class", "mutating"].contains($0.name.text) }) {
            findings.error("the function of a route can't change its service: remove `\(modifier.name.text)`", at: modifier)
        }
        for (type, node) in parameters.map({ ($0.type, Syntax($0.syntax.type)) }) + (reply.map { [($0, Syntax($0.syntax))] } ?? []) {
            for name in type.names.intersection(isContract ? ["API", "Routes"] : ["Routes"]).sorted() {
                findings.error("`\(name)` is a name that the generated code uses: rename your type", at: node)
            }
        }
        if !name.utf8.allSatisfy(\.isNameByte) || name.first?.isLetter != true {
            findings.error(
                "the function's name is the name of the operation: use letters, digits and _, starting with a letter", at: function.name)
        }
    }
}

extension UInt8 {
    /// Whether Protocol Buffers allow this byte in a name.
    var isNameByte: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
