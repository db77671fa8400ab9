import Roost
import RoostDocuments
import Testing

/// The JSON Schema of types that the real macros have expanded.
struct SchemaDocumentTests {
    @Test func describesFieldsAndRules() {
        let document = NewOrder.schema.document
        #expect(document.hasPrefix(#"{"$schema":"https://json-schema.org/draft/2020-12/schema","$ref":"#))
        #expect(document.contains(#""description":"What a customer asks for.""#))
        #expect(document.contains(#""description":"Where the receipt goes.""#))
        #expect(document.contains(#""minItems":1,"maxItems":100"#))
        #expect(document.contains(#""maxLength":500"#))
        #expect(document.contains(#""minimum":1,"maximum":9"#))
        #expect(document.contains(#""required":["email","lines"]"#))
        #expect(document.contains(#""tags":{"type":"object","additionalProperties":{"type":"integer","format":"int64"}}"#))
    }

    @Test func describesAChoice() {
        let document = Payment.schema.document
        #expect(document.contains(#"{"oneOf":[{"type":"object","description":"By card.","properties":{"card":{"$ref":"#))
        #expect(document.contains(#""required":["transfer"]"#))
        #expect(document.contains(#""PaymentTransfer":{"type":"object","properties":{"iban":{"type":"string"}"#))
        #expect(document.contains(#""description":"How an order is paid.""#))
    }

    @Test func writesATypeThatHoldsItselfOnce() {
        #expect(Tree.schema.document.components(of: #""properties""#) == 1)
    }

    @Test(arguments: [
        (Outer.Inner.schema, "OuterInner"), (Outer.Late.schema, "OuterLate"), (Page<Line>.schema, "PageOfLine"),
        (Pair<Int, Tree>.schema, "PairOfIntegerAndTree"), (Order.schema, "Order"),
    ])
    func namesTypesByWhereTheyAre(schema: JSONSchema, name: String) {
        #expect(schema.name == name)
    }
}

extension String {
    fileprivate func components(of text: String) -> Int { ranges(of: text).count }
}
