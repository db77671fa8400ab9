import Roost

/// A contract whose `Animal` is another type than the zoo's, and whose `Kind` is the same.
enum Toys {
    static let description = ContractDescription(
        "toys",
        routes: [
            Route("toys.list", .get, "/toys", reply: .array(of: animal)), Route("toys.kind", .get, "/toys/kind", reply: .of(Kind.self)),
        ])

    private static let animal = JSONSchema.object("Animal") { JSONSchema.Field("stuffing", .string) }
}
