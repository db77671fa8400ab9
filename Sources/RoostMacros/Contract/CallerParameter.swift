import SwiftSyntax

/// The kinds of callers that a parameter can be filled with, by the spelling of its type.
enum CallerKind: Equatable {
    /// Any caller, also an anonymous one: `Principal`.
    case any
    /// A signed-in account: `Principal.Account`.
    case account
    /// A service of the system: `Principal.Service`.
    case service

    /// - Parameter type: The type as written, without the optional around it.
    init?(_ type: String) {
        switch type.hasPrefix("Roost.") ? type.dropFirst(6) : type[...] {
        case "Principal": self = .any
        case "Principal.Account": self = .account
        case "Principal.Service": self = .service
        default: return nil
        }
    }
}

extension RouteParameter {
    /// Reports a caller that is declared like an argument.
    func checkCaller(_ kind: CallerKind, _ path: PathLiteral, _ names: PartNames, _ findings: inout Findings) {
        if kind == .any, type.isOptional {
            findings.error("a call always has a principal, which may be anonymous: remove the ?", at: syntax.type)
        }
        if path.placeholders.contains(name) || names.header(of: name) != nil || names.cookie(of: name) != nil {
            findings.error("`\(name)` is filled with the caller, not from the request: rename it, or give it another type", at: syntax)
        }
        if let value = syntax.defaultValue {
            findings.error("`\(name)` is always filled with the caller: remove the default value", at: value)
        }
    }
}

extension RouteDeclaration {
    /// The access that the attribute declares, or `nil` if it declares none.
    var ownAccess: ExprSyntax? { attribute.argument("access").flatMap { $0.is(NilLiteralExprSyntax.self) ? nil : $0 } }

    /// The access of a route that declares none and whose contract declares none, by the callers that its function takes.
    var impliedAccess: String? {
        let kinds = parameters.filter { !$0.isOptional }.compactMap(\.caller)
        if kinds.contains(.service) { return ".services" }
        return kinds.contains(.account) ? ".signedIn" : nil
    }

    /// Reports an access that admits callers whom the function cannot take.
    /// - Parameter fallback: The access of routes that declare none.
    func checkCallers(_ fallback: ExprSyntax?, _ findings: inout Findings) {
        guard let access = ownAccess ?? fallback else { return }
        let level = access.trimmedDescription
        // Other expressions have values that only the compiler knows.
        guard let word = level.split(separator: "(").first?.split(separator: ".").last.map(String.init) else { return }
        for parameter in parameters where !parameter.isOptional {
            let (advice, isOpen): (String, Bool) =
                switch parameter.caller {
                case .account: ("access: .signedIn", word == "anyone")
                case .service: ("access: .services", ["anyone", "signedIn", "role"].contains(word))
                case .any, nil: ("", false)
                }
            guard isOpen else { continue }
            let type = parameter.type.text, place = ownAccess.map(Syntax.init) ?? Syntax(parameter.syntax.type)
            findings.error(
                "\(level) admits callers that are not a \(type), which `\(parameter.name)` requires: write \(advice), or \(type)?",
                at: place)
        }
    }
}
