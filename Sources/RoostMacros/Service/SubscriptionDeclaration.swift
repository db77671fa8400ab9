import SwiftSyntax

/// A function that handles an event: `@Subscribe(PaymentCaptured.self, named: "payment") func captured(_ event: PaymentCaptured)`.
struct SubscriptionDeclaration {
    fileprivate let function: FunctionDeclSyntax
    fileprivate let attribute: AttributeSyntax
    /// The event's type, as an expression.
    let event: String
    fileprivate let name: String
    fileprivate let formerNames: [String]

    static func all(of function: FunctionDeclSyntax, _ findings: inout Findings) -> [SubscriptionDeclaration] {
        function.attributes.named(["Subscribe"]).compactMap { SubscriptionDeclaration(function, $0, &findings) }
    }

    private init?(_ function: FunctionDeclSyntax, _ attribute: AttributeSyntax, _ findings: inout Findings) {
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
        guard let name = attribute.subscriptionName(&findings), let formerNames = attribute.formerNames(&findings) else { return nil }
        self.function = function
        self.attribute = attribute
        self.event = event.trimmedDescription
        self.name = name
        self.formerNames = formerNames
    }

    func subscription(of owner: String, isIsolated: Bool) -> [String] {
        let parameters = Array(function.signature.parameterClause.parameters)
        let takesTransaction = parameters.count == 2
        let arguments = zip(parameters, ["event", "transaction"]).map { parameter, value in
            parameter.firstName.tokenKind == .wildcard ? value : "\(parameter.firstName.text): \(value)"
        }
        return .block(
            "RoostEvents.Subscription(\(event), named: \(name.literal)\(options)) { event\(takesTransaction ? ", transaction" : "") in",
            ["\(function.effects(isIsolated: isIsolated))self.\(function.name.text)(\(arguments.joined(separator: ", ")))"], "},")
    }

    private var options: String {
        let former = formerNames.isEmpty ? "" : ", formerly: [\(formerNames.map(\.literal).joined(separator: ", "))]"
        let policy = attribute.argument("onDeath").map { ", onDeath: \($0.trimmedDescription)" } ?? ""
        return former + policy
    }
}

extension AttributeSyntax {
    fileprivate func subscriptionName(_ findings: inout Findings) -> String? {
        guard let argument = argument("named") else {
            findings.error("name the subscription, as in @Subscribe(OrderEnded.self, named: \"order-mail\")", at: self)
            return nil
        }
        guard let name = argument.plainText else {
            findings.error("write the name here, as a string literal: a macro can't see the value of a name", at: argument)
            return nil
        }
        let isAllowed = name.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
        guard isAllowed, (1...64).contains(name.utf8.count) else {
            findings.error("the name of a subscription must be 1 to 64 lowercase letters, digits and hyphens", at: argument)
            return nil
        }
        return name
    }

    fileprivate func formerNames(_ findings: inout Findings) -> [String]? {
        guard let argument = argument("formerly") else { return [] }
        let elements = argument.as(ArrayExprSyntax.self)?.elements.map(\.expression.plainText)
        guard let elements, elements.allSatisfy({ $0?.isEmpty == false }) else {
            findings.error("write the former names here, as string literals: a macro can't see the value of a name", at: argument)
            return nil
        }
        return elements.compactMap(\.self)
    }
}

extension [SubscriptionDeclaration] {
    /// Reports subscriptions with the same name: the inbox uses the name to know which events a subscription has handled.
    func checkCollisions(_ findings: inout Findings) {
        var seen: Set<String> = []
        for subscription in self {
            for name in [subscription.name] + subscription.formerNames where !seen.insert(name).inserted {
                findings.error(
                    "`\(name)` is or was the name of more than one subscription: give each a name of its own", at: subscription.attribute)
            }
        }
    }
}
