import SwiftSyntax

/// A function that handles an event: `@Subscribe(PaymentCaptured.self) func captured(_ event: PaymentCaptured)`.
struct SubscriptionDeclaration {
    fileprivate let function: FunctionDeclSyntax
    /// The event's type, as an expression.
    let event: String

    static func all(of function: FunctionDeclSyntax, _ findings: inout Findings) -> [SubscriptionDeclaration] {
        function.attributes.named(["Subscribe"]).compactMap { attribute in
            guard let event = attribute.argument(nil), let first = function.signature.parameterClause.parameters.first,
                function.signature.parameterClause.parameters.count <= 2
            else {
                findings.error(
                    "`\(function.name.text)` must take the event and, if it writes to the database, the transaction", at: function.name)
                return nil
            }
            guard event.trimmedDescription == first.type.trimmedDescription + ".self" else {
                findings.error(
                    "`\(function.name.text)` takes \(first.type.trimmedDescription), which is not the event of @Subscribe", at: first.type)
                return nil
            }
            return SubscriptionDeclaration(function: function, event: event.trimmedDescription)
        }
    }

    func subscription(of owner: String, isIsolated: Bool) -> [String] {
        let parameters = Array(function.signature.parameterClause.parameters)
        let takesTransaction = parameters.count == 2
        let arguments = zip(parameters, ["event", "transaction"]).map { parameter, value in
            parameter.firstName.tokenKind == .wildcard ? value : "\(parameter.firstName.text): \(value)"
        }
        let name = "\(owner).\(function.name.text.unquoted)".literal
        return .block(
            "RoostEvents.Subscription(\(event), named: \(name)) { event\(takesTransaction ? ", transaction" : "") in",
            ["\(function.effects(isIsolated: isIsolated))self.\(function.name.text)(\(arguments.joined(separator: ", ")))"], "},")
    }
}

extension [SubscriptionDeclaration] {
    /// Reports functions with the same name: the inbox uses the name to know which events a subscription has handled.
    func checkCollisions(_ findings: inout Findings) {
        var seen: Set<String> = []
        for subscription in self where !seen.insert(subscription.function.name.text.unquoted).inserted {
            findings.error(
                "another subscription is named `\(subscription.function.name.text)`, but the name must identify the subscription: rename one of them",
                at: subscription.function.name)
        }
    }
}
