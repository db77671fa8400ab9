import SwiftSyntax

/// A function's parameter, and the part of a request that carries it.
struct RouteParameter {
    enum Source: Equatable {
        case path, query, header(String), cookie(String), body
        /// The verified caller of the call, which is not sent.
        case caller(CallerKind)
        /// The request itself, which only the routes of a `@Service` may take.
        case request
    }

    let syntax: FunctionParameterSyntax
    /// The parameter's own name, which is used in paths and queries.
    let name: String
    let type: TypeShape
    let source: Source

    init(
        _ syntax: FunctionParameterSyntax, _ path: PathLiteral, _ names: PartNames, takesBody: Bool, attribute: String,
        isContract: Bool, _ findings: inout Findings
    ) {
        self.syntax = syntax
        name = (syntax.secondName ?? syntax.firstName).text.unquoted
        type = TypeShape(syntax.type)
        let isUnlabelled = syntax.firstName.tokenKind == .wildcard
        if let kind = CallerKind(type.core.text) {
            source = .caller(kind)
            checkCaller(kind, path, names, &findings)
        } else if !isContract, type.text == "Roost.Request" || type.text == "Request" && !(isUnlabelled && takesBody) {
            source = .request
        } else if path.placeholders.contains(name) {
            source = .path
            if type.isOptional { findings.error("a path parameter is always present: `\(name)` can't be optional", at: syntax.type) }
            if let value = syntax.defaultValue {
                findings.error("a path parameter is always present: `\(name)` can't have a default value", at: value)
            }
        } else if let field = names.header(of: name) {
            source = .header(field)
        } else if let cookie = names.cookie(of: name) {
            source = .cookie(cookie)
            checkCookie(&findings)
        } else if isUnlabelled {
            source = .body
            if !takesBody {
                findings.error(
                    "a @\(attribute) request has no body: label `\(name)` to make it a query parameter, or write @Post, @Put or @Patch",
                    at: syntax)
            }
        } else {
            source = .query
        }
        checkType(&findings)
        checkPassing(&findings)
    }

    /// Reports a cookie that is taken for granted: what a browser keeps may be missing, or may have been changed.
    private func checkCookie(_ findings: inout Findings) {
        if let value = syntax.defaultValue {
            findings.error("a cookie that is missing is `nil`: `\(name)` can't have a default value", at: value)
        } else if !type.isOptional {
            findings.error("a request may lack any cookie: write `\(name): \(type.text)?`", at: syntax.type)
        }
    }

    /// Reports ways of passing an argument that no protocol has, such as `inout`.
    private func checkPassing(_ findings: inout Findings) {
        if name == "_", caller != nil {
            findings.error("the generated code passes the caller under the name of its parameter: give the parameter a name", at: syntax)
        } else if name == "_" {
            findings.error("an argument is sent under the name of its parameter: give the parameter a name", at: syntax)
        }
        if let ellipsis = syntax.ellipsis {
            findings.error("a list is sent as an array: write `\(name): [\(type.text)]`", at: ellipsis)
        }
        if type.isInout, let attributed = type.syntax.as(AttributedTypeSyntax.self) {
            findings.error(
                "a remote call can't change the caller's value: take \(attributed.baseType.trimmedDescription), and return the new value",
                at: syntax.type)
        }
    }

    private func checkType(_ findings: inout Findings) {
        switch source {
        case .request, .caller: return
        case .body: if !type.isInout { type.check(&findings) }
        case .path, .query, .header, .cookie:
            if let element = type.core.element, source == .query {
                checkElement(element, &findings)
            } else if type.core.element != nil || type.core.is(DictionaryTypeSyntax.self) {
                findings.error(
                    "`\(name)` is sent as a single text: take a list in the query or the body, and a map in the body", at: syntax.type)
            } else if !type.isInout {
                type.check(&findings)
            }
        }
    }

    private func checkElement(_ element: TypeSyntax, _ findings: inout Findings) {
        guard element.element != nil || element.wrapped != nil || element.is(DictionaryTypeSyntax.self) else {
            return type.check(&findings)
        }
        findings.error(
            "each value of `\(name)` is sent as a single text: take lists of lists, maps and optionals in the body", at: syntax.type)
    }

    var isBody: Bool { source == .body }
    /// The kind of caller that fills it, or `nil` if it is an argument of the call.
    var caller: CallerKind? { if case .caller(let kind) = source { kind } else { nil } }
    /// The name of the cookie that holds it, or `nil` if it is not in a cookie.
    var cookie: String? { if case .cookie(let name) = source { name } else { nil } }
    /// Whether the call yields it as an optional, which is `nil` if the request is refused because of it.
    var isUnwrapped: Bool { caller == nil && cookie == nil && source != .request }

    /// Whether it is a list, which a query gives once for each value.
    var isList: Bool { source == .query && type.core.element != nil }

    /// Whether a request may leave it out.
    var isOptional: Bool { type.isOptional || syntax.defaultValue != nil }

    /// The constant that holds the argument in expansions, which use some names themselves.
    var local: String {
        let taken: Set = ["call", "service", "reply", "self"]
        return taken.contains(name) ? name + "Argument" : (syntax.secondName ?? syntax.firstName).text.quoted
    }

    private var label: String? {
        if syntax.firstName.tokenKind == .wildcard { return nil }
        let name = syntax.firstName.text.unquoted
        return name.isPlainName && name != "inout" ? name : syntax.firstName.text
    }

    /// The parameter as declared in the signature of a client's function.
    var declaration: String {
        let names = label == nil ? "_ \(local)" : label?.unquoted == local.unquoted ? local : "\(syntax.firstName.text) \(local)"
        return "\(names): \(type.text)"
    }

    /// The argument as passed in the call of the function.
    var argument: String {
        let value = syntax.defaultValue.map { type.isOptional ? local : "\(local) ?? \($0.value.trimmedDescription)" } ?? local
        return (label.map { "\($0): " } ?? "") + value
    }

    /// The line in the route's list of parameters, or `nil` if it is not listed.
    var documentation: String? {
        let location: String
        switch source {
        case .path: location = ".path"
        case .query: location = ".query"
        case .header(let field): location = ".header(\(field.literal))"
        case .cookie, .body, .caller, .request: return nil
        }
        return
            ".init(\(name.literal), in: \(location), isRequired: \(!isOptional && !isList), schema: .parameter(\(type.core.text).self)),"
    }

    /// The statement that takes the argument from the request.
    var reading: String {
        let taken = isOptional && !type.isOptional ? "\(type.text)?" : type.text
        switch source {
        case .path: return "let \(local) = call.path(\(name.literal), as: \(taken).self)"
        case .query: return "let \(local) = call.query(\(name.literal), as: \(taken).self)"
        case .header(let field): return "let \(local) = call.header(\(field.literal), as: \(taken).self)"
        case .cookie(let name): return "let \(local) = call.cookie(\(name.literal), as: \(type.core.text).self)"
        case .body: return "let \(local) = try await call.body(as: \(type.text).self)"
        case .caller: return "let \(local) = try \(currentCaller)"
        case .request: return "let \(local) = call.request"
        }
    }

    /// The expression for the caller of the current call.
    private var currentCaller: String { "Roost.RequestContext.caller(as: \(type.text).self)" }

    /// The argument as passed in the call of a function in this process: the callee knows the caller from its own context.
    var localArgument: String { caller == nil ? argument : (label.map { "\($0): " } ?? "") + currentCaller }

    /// The statement that writes the argument into a client's request.
    var writing: String {
        switch source {
        case .path: "call.path(\(name.literal), \(local))"
        // An empty list that is optional arrives as `nil`.
        case .query: (isList && type.isOptional ? "let \(local) = " : "") + "call.query(\(name.literal), \(local))"
        case .header(let field): "call.header(\(field.literal), \(local))"
        case .cookie(let name): "call.cookie(\(name.literal), \(local))"
        // The values of a stream are produced as part of the caller's own call.
        case .body: type.streamed == nil ? "call.body(\(local))" : "let \(local) = call.body(\(local))"
        case .caller: "try call.caller(\(local))"
        case .request: ""
        }
    }
}
