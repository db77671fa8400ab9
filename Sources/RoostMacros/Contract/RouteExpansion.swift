import SwiftSyntax
import SwiftSyntaxMacros

extension RouteDeclaration {
    /// The source of the route.
    /// - Parameters:
    ///   - owner: The name of the contract or the service.
    ///   - fallback: The access of the route if it declares none.
    func route(of owner: String, access fallback: String?) -> String {
        var arguments = ["\("\(owner).\(name)".literal)", ".\(method)", path.text.literal]
        if let status = attribute.argument("status") { arguments.append("status: \(status.trimmedDescription)") }
        if let access = ownAccess?.trimmedDescription ?? fallback ?? impliedAccess { arguments.append("access: \(access)") }
        arguments += DocComment(of: function).arguments
        let documented = parameters.compactMap(\.documentation)
        if !documented.isEmpty { arguments.append("parameters: [\(documented.joined(separator: " ").dropLast())]") }
        let cookies = parameters.compactMap(\.cookie)
        if !cookies.isEmpty { arguments.append("cookies: [\(cookies.map(\.literal).joined(separator: ", "))]") }
        if parameters.contains(where: { $0.caller == .account && $0.isOptional }) { arguments.append("takesAccount: true") }
        if let body { arguments.append("body: \(mayTakeRequest ? Self.orNone(body.type) : (body.type.streamed ?? body.type).bodySchema)") }
        if let reply, !repliesRaw { arguments.append("reply: \(mayReplyRaw ? Self.orNone(reply) : (reply.streamed ?? reply).schema)") }
        if let limit = attribute.argument("bodyLimit") { arguments.append("bodyLimit: \(limit.trimmedDescription)") }
        let streaming = (body?.type.streamed == nil ? [] : [".request"]) + (isLive ? [".reply"] : [])
        if !streaming.isEmpty { arguments.append("streaming: [\(streaming.joined(separator: ", "))]") }
        if let location = attribute.argument("location"), !location.trimmedDescription.elementsEqual("nil") {
            arguments.append("location: \(location.trimmedDescription)")
        }
        for option in ["takesIdempotencyKey", "problems"] {
            if let value = attribute.argument(option) { arguments.append("\(option): \(value.trimmedDescription)") }
        }
        return "Roost.Route(\(arguments.joined(separator: ", ")))"
    }

    private static func orNone(_ type: TypeShape) -> String { "Roost.JSONSchema.orNone(\(type.text).self)" }

    /// The source of the endpoint.
    /// - Parameters:
    ///   - route: The source of the route.
    ///   - target: The expression on which the function is called.
    ///   - effects: `try await `, or the part of it that the call needs.
    func endpoint(_ route: String, calling target: String, effects: String, in context: some MacroExpansionContext) -> [String] {
        let call = "\(effects)\(target).\(identifier)(\(parameters.map(\.argument).joined(separator: ", ")))"
        let unwrapped = parameters.filter(\.isUnwrapped).map { "let \($0.local)" }
        // Whoever may not call the function does not learn what is wrong with the arguments.
        var body = parameters.filter { $0.caller != nil }.map(\.reading) + parameters.filter { $0.caller == nil }.map(\.reading)
        if !unwrapped.isEmpty { body.append("guard \(unwrapped.joined(separator: ", ")) else { throw call.refusal }") }
        if reply == nil {
            body += [call, "return call.reply(())"]
        } else {
            body += ["let reply = \(call)"]
            // If the reply lacks a property, the compiler reports it at the location that names it.
            let place: any SyntaxProtocol = attribute.argument("location") ?? function.name
            body += location.map { context.line("return call.reply(reply, location: \($0))", asAt: place) } ?? ["return call.reply(reply)"]
        }
        return .block("Roost.Endpoint(\(route)) { call in", body, "},")
    }

    /// The source of the client's function.
    /// - Parameter callee: The name of the property that holds the callee.
    func client(of contract: String, to callee: String, access: String) -> [String] {
        let signature = "\(identifier)(\(parameters.map(\.declaration).joined(separator: ", "))) async throws"
        let new = "Roost.OutgoingCall(\(contract).Routes.\(identifier), to: self.\(callee))"
        let function = "try await $0.\(identifier)(\(parameters.map(\.localArgument).joined(separator: ", ")))"
        let arguments = parameters.map(\.writing)
        let start = parameters.allSatisfy({ $0.caller != nil }) ? "let call = \(new)" : "var call = \(new)"
        let send =
            reply.map { "return try await call.send(as: \($0.text).self) { \(function) }" } ?? "try await call.send { \(function) }"
        return .block(
            "\(access)func \(signature)\(reply.map { " -> \($0.text)" } ?? "") {", [start] + arguments + [send])
    }
}
