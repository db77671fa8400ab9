// The comments of a schema become part of its documents, which the tests compare: most fields have none here.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

import FoundationEssentials
import Roost

/// A line of an order.
@Schema
public struct Line: Equatable {
    @Check(.length(1...40)) public var sku: String
    @Check(.range(1...1000)) public var quantity: Int
    /// In the currency's unit.
    @Check(.range(0...)) public var unitPrice: Double
}

/// What a customer asks for.
@Schema
public struct NewOrder: Equatable {
    /// Where the receipt goes.
    @Check(.format(.email)) public var email: String
    @Check(.count(1...100)) public var lines: [Line]
    @Check(.length(...500)) public var note: String?
    public var gift = false
    public var tags: [String: Int] = [:]
    @Check(.range(1..<10)) public var priority: Int? = 5
}

@Schema
public struct Order: Equatable {
    @Schema
    public enum Status: String, CaseIterable {
        case pending
        case paid
        case sentOut = "sent-out"
        case `default`
    }

    public var id: UUID
    public var status: Status
    public var total: Decimal
    public var createdAt: Date
    public var `case`: Int?
}

/// How an order is paid.
@Schema
public indirect enum Payment: Equatable {
    /// By card.
    case card(Line)
    case transfer(iban: String, reference: String? = nil)
    case cash
    case split(first: Payment, second: Payment)
}

/// Fields whose names the expansion uses itself.
@Schema
struct Awkward: Equatable {
    var json: Int
    var seen: String
    var start: Bool?
    var key: String
    var offset: Int
    var value: Double
    static let ignored = 1
    var computed: Int { json + 1 }
    lazy var late = 1
}

@Schema
struct Nothing: Equatable {}

/// A tree, which holds itself.
@Schema
struct Tree: Equatable {
    var name: String
    var children: [Tree] = []
}

@Schema
struct Pair<First: Schema & Equatable, Second: Schema & Equatable>: Equatable {
    var first: First
    var second: Second?
}

enum Outer {
    @Schema
    struct Inner: Equatable { var number: Int }
}

extension Outer {
    @Schema
    struct Late: Equatable { var inner: Inner }
}

/// A type with an initializer of its own keeps it.
@Schema
public struct Money: Equatable {
    public let cents: Int

    public init(euros: Int) { cents = euros * 100 }
}
