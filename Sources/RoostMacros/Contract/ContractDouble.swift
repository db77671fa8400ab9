/// The double of a contract, whose functions are closures of a test.
struct ContractDouble {
    let contract: String
    let title: String
    let access: AccessLevel
    /// Whether other modules can see it; see `ContractClientMacro`.
    let isSeenOutside: Bool
    let routes: [RouteDeclaration]

    /// The source of the type.
    var source: [String] {
        let member = access.memberModifier
        let functions = routes.map { route in (route: route, property: property(of: route)) }
        let parameters = functions.map {
            "\($0.route.identifier) \($0.property): @escaping \($0.route.closure) = \($0.route.failure(in: title)),"
        }
        let last = parameters.last.map { [String($0.dropLast())] } ?? []
        return .block(
            "\(isSeenOutside ? "" : "@ContractClient ")\(access.modifier)struct \(contract)Double: \(contract) {",
            functions.map { "private let \($0.property): \($0.route.closure)" } + (functions.isEmpty ? [] : [""])
                + (functions.isEmpty
                    ? ["\(member)init() {}"]
                    : ["\(member)init("] + (parameters.dropLast() + last).indented
                        + .block(") {", functions.map { "self.\($0.property) = \($0.property)" }))
                + functions.flatMap { [""] + $0.route.double(by: $0.property, access: member) })
    }

    /// The property that holds the closure of a function, whose name differs from those of the functions.
    private func property(of route: RouteDeclaration) -> String {
        (route.name + "Closure").avoiding(Set(routes.map(\.name)), suffix: "Value")
    }
}

extension RouteDeclaration {
    /// The type of a closure with the function's arguments and reply. It is not optional: the compiler would store an optional closure
    /// behind a conversion, which is more code.
    fileprivate var closure: String {
        "@Sendable (\(parameters.map(\.type.text).joined(separator: ", "))) async throws -> \(reply?.text ?? "()")"
    }

    /// The closure of a function that the test does not need.
    fileprivate func failure(in contract: String) -> String {
        let ignored = parameters.isEmpty ? "" : parameters.map { _ in "_" }.joined(separator: ", ") + " in "
        return "{ \(ignored)throw Roost.ContractDouble.missing(\("\(contract).\(name)".literal)) }"
    }

    /// The source of the double's function.
    fileprivate func double(by property: String, access: String) -> [String] {
        .block(
            "\(access)func \(identifier)(\(parameters.map(\.declaration).joined(separator: ", "))) async throws"
                + "\(reply.map { " -> \($0.text)" } ?? "") {",
            ["try await self.\(property)(\(parameters.map(\.local).joined(separator: ", ")))"])
    }
}
