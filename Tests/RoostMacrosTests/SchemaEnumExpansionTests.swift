import Testing

/// What the macro writes, to the letter.
struct SchemaEnumExpansionTests {
    @Test func anEnumOfWords() {
        expectExpansion(
            #"""
            @Schema
            package enum Status: String {
                case pending, paid
                case sentOut = "sent-out"
                case `default`
            }
            """#,
            #"""

            package enum Status: String {
                case pending, paid
                case sentOut = "sent-out"
                case `default`

                package static var schema: RoostSchema.JSONSchema {
                    .words(
                        "Status",
                        RoostSchema.JSONSchema.Word("pending", 1),
                        RoostSchema.JSONSchema.Word("paid", 2),
                        RoostSchema.JSONSchema.Word("sent-out", 3),
                        RoostSchema.JSONSchema.Word("default", 4)
                    )
                }

                package static var parameterSchema: RoostSchema.JSONSchema { schema }

                package static func decode(from json: inout RoostSchema.JSONReader) throws(RoostSchema.DecodingFailure) -> Self? { try json.readWord() }

                package func encode(to json: inout RoostSchema.JSONWriter) { json.string(parameter) }

                package init?(parameter: Swift.String) {
                    switch parameter.exact {
                    case "pending": self = .pending
                    case "paid": self = .paid
                    case "sent-out": self = .sentOut
                    case "default": self = .`default`
                    default: return nil
                    }
                }

                package var parameter: Swift.String {
                    switch self {
                    case .pending: "pending"
                    case .paid: "paid"
                    case .sentOut: "sent-out"
                    case .`default`: "default"
                    }
                }

                package static var protobufKind: RoostSchema.ProtobufKind { .enumeration }

                package static func decode(from message: inout RoostSchema.ProtobufReader) throws(RoostSchema.DecodingFailure) -> Self? {
                    switch try message.varint() {
                    case 1: return .pending
                    case 2: return .paid
                    case 3: return .sentOut
                    case 4: return .`default`
                    default: return message.unknownWord()
                    }
                }

                package func encode(to message: inout RoostSchema.ProtobufWriter) {
                    switch self {
                    case .pending: message.varint(1)
                    case .paid: message.varint(2)
                    case .sentOut: message.varint(3)
                    case .`default`: message.varint(4)
                    }
                }

                package func check(_ faults: inout RoostSchema.FaultCollector) {}
            }

            extension Status: RoostSchema.Schema, RoostSchema.ParameterValue, Swift.Sendable {}
            """#)
    }

    @Test func anEnumWithPayloads() {
        expectExpansion(
            #"""
            /// How an order is paid.
            @Schema
            indirect enum Payment {
                /// By card.
                case card(Card)
                case transfer(iban: String, reference: String? = nil)
                case cash
            }
            """#,
            #"""
            /// How an order is paid.
            indirect enum Payment {
                /// By card.
                case card(Card)
                case transfer(iban: String, reference: String? = nil)
                case cash

                static var schema: RoostSchema.JSONSchema {
                    .choice("Payment", description: "How an order is paid.") {
                        #sourceLocation(file: "test.swift", line: 5)
                        RoostSchema.JSONSchema.Field("card", .of(Card.self), description: "By card.")
                        #sourceLocation()
                        RoostSchema.JSONSchema.Field("transfer", .object("PaymentTransfer") {
                            RoostSchema.JSONSchema.Field("iban", .of(String.self))
                            RoostSchema.JSONSchema.Field("reference", .of(String?.self), isRequired: false)
                        })
                        RoostSchema.JSONSchema.Field("cash", .object("PaymentCash") {})
                    }
                }

                static func decode(from json: inout RoostSchema.JSONReader) throws(RoostSchema.DecodingFailure) -> Payment? {
                    func readTransfer(_ json: inout RoostSchema.JSONReader) throws(RoostSchema.DecodingFailure) -> Payment? {
                        guard let start = try json.beginObject() else { return nil }
                        var seen = RoostSchema.JSONFields()
                        var iban: String?
                        var reference: String?? = .some(nil)
                        while let key = try json.peekKey() {
                            switch key {
                            case "iban":
                                try json.field(0, "iban", &seen)
                                iban = try String.decode(from: &json)
                            case "reference":
                                try json.field(1, "reference", &seen)
                                reference = try String?.decode(from: &json)
                            default: try json.skipField()
                            }
                        }
                        json.require(0, "iban", of: start, seen)
                        guard let iban, let reference else { return nil }
                        return .transfer(iban: iban, reference: reference)
                    }
                    func readCash(_ json: inout RoostSchema.JSONReader) throws(RoostSchema.DecodingFailure) -> Payment? {
                        guard try json.beginObject() != nil else { return nil }
                        while try json.nextKey() != nil { try json.skipValue() }
                        return .cash
                    }
                    guard let start = try json.beginObject() else { return nil }
                    var choice = RoostSchema.JSONChoice()
                    var value: Payment?
                    while let key = try json.nextKey(&choice) {
                        switch key {
                        case "card": value = try json.read(Card.self).map { .card($0) }
                        case "transfer": value = try readTransfer(&json)
                        case "cash": value = try readCash(&json)
                        default: try json.skipUnknown(&choice)
                        }
                    }
                    json.require(choice, of: "card, transfer, cash", at: start)
                    return value
                }

                func encode(to json: inout RoostSchema.JSONWriter) {
                    switch self {
                    case .card(let value):
                        json.literal(#"{"card":"#)
                        json.write(value)
                    case .transfer(let iban, let reference):
                        json.literal(#"{"transfer":{"iban":"#)
                        iban.encode(to: &json)
                        json.literal(#","reference":"#)
                        reference.encode(to: &json)
                        json.literal("}")
                    case .cash: json.literal(#"{"cash":{}"#)
                    }
                    json.literal("}")
                }

                static func decode(from message: inout RoostSchema.ProtobufReader) throws(RoostSchema.DecodingFailure) -> Payment? {
                    func readTransfer(_ message: inout RoostSchema.ProtobufReader) throws(RoostSchema.DecodingFailure) -> Payment? {
                        var iban: String?
                        var reference: String?? = .some(nil)
                        while let field = try message.nextField() {
                            switch field {
                            case 1: try message.read(&iban, "iban")
                            case 2: try message.read(&reference, "reference")
                            default: try message.skip()
                            }
                        }
                        message.settle(&iban, "iban")
                        guard let iban, let reference else { return nil }
                        return .transfer(iban: iban, reference: reference)
                    }
                    func readCash(_ message: inout RoostSchema.ProtobufReader) throws(RoostSchema.DecodingFailure) -> Payment? {
                        while try message.nextField() != nil { try message.skip() }
                        return .cash
                    }
                    var value: Payment?
                    let faults = message.faultCount
                    while let field = try message.nextField() {
                        switch field {
                        case 1: value = try message.single("card", as: Card.self).map { .card($0) } ?? value
                        case 2: value = try message.payload("transfer", readTransfer) ?? value
                        case 3: value = try message.payload("cash", readCash) ?? value
                        default: try message.skip()
                        }
                    }
                    message.requireChoice(value == nil, since: faults, of: "card, transfer, cash")
                    return value
                }

                func encode(to message: inout RoostSchema.ProtobufWriter) {
                    switch self {
                    case .card(let value): message.single(1, value)
                    case .transfer(let iban, let reference):
                        message.delimited(2) { message in
                            message.field(1, iban)
                            message.field(2, reference)
                        }
                    case .cash: message.delimited(3) { _ in }
                    }
                }

                func check(_ faults: inout RoostSchema.FaultCollector) {
                    switch self {
                    case .card(let value): faults.check(value, "card")
                    case .transfer(let iban, let reference):
                        faults.payload("transfer") { faults in
                            faults.check(iban, "iban")
                            faults.check(reference, "reference")
                        }
                    default: break
                    }
                }
            }

            extension Payment: RoostSchema.Schema, @unchecked Swift.Sendable {}
            """#)
    }
}
