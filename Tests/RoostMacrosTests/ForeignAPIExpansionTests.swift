import Testing

/// What the macro writes for types of other programs' APIs, to the letter.
struct ForeignAPIExpansionTests {
    @Test func aStructWithKeysOfItsOwn() {
        expectExpansion(
            #"""
            @Schema(fields: .snakeCase, omitsNil: true)
            struct Token {
                @Example("Bearer") var tokenType: String
                @Field("id_token", number: 7, deprecated: true) var identity: String?
                @Check(.unique) var scopes: [String]
                @Check(.length(1...9)) var userName: Change<String>

                @Check func isSound(_ faults: inout FaultCollector) {}
            }
            """#,
            #"""

            struct Token {
                var tokenType: String
                var identity: String?
                var scopes: [String]
                var userName: Change<String>

                func isSound(_ faults: inout FaultCollector) {}

                static var schema: RoostSchema.JSONSchema {
                    .object("Token") {
                        RoostSchema.JSONSchema.Field("token_type", .of(String.self), example: "Bearer")
                        RoostSchema.JSONSchema.Field("id_token", .of(String?.self), isRequired: false, number: 7, isDeprecated: true)
                        RoostSchema.JSONSchema.Field("scopes", .of([String].self).uniqueItems(of: [String].self))
                        #sourceLocation(file: "test.swift", line: 6)
                        RoostSchema.JSONSchema.Field("user_name", .of(Change<String>.self).length(RoostSchema.Bounds(1...9)), isRequired: false, isBoxed: true)
                        #sourceLocation()
                    }
                }

                static func decode(from json: inout RoostSchema.JSONReader) throws(RoostSchema.DecodingFailure) -> Token? {
                    guard let start = try json.beginObject() else { return nil }
                    var seen = RoostSchema.JSONFields()
                    let faults = json.faultCount
                    var tokenType: String?
                    var identity: String?? = .some(nil)
                    var scopes: [String]?
                    var userName: Change<String>? = .keep
                    while let key = try json.peekKey() {
                        switch key {
                        case "token_type":
                            try json.field(0, "token_type", &seen)
                            tokenType = try String.decode(from: &json)
                        case "id_token":
                            try json.field(1, "id_token", &seen)
                            identity = try String?.decode(from: &json)
                        case "scopes":
                            let offset = try json.field(2, "scopes", &seen)
                            scopes = try [String].decode(from: &json)
                            json.check(uniqueItemsOf: scopes, at: offset)
                        case "user_name":
                            let offset = try json.field(3, "user_name", &seen)
                            userName = try json.read(Change<String>.self)
                            json.check(length: RoostSchema.Bounds(1...9), of: userName?.newValue, at: offset)
                        default: try json.skipField()
                        }
                    }
                    json.require(0, "token_type", of: start, seen)
                    json.require(2, "scopes", of: start, seen)
                    guard let tokenType, let identity, let scopes, let userName else { return nil }
                    let value = Token(tokenType: tokenType, identity: identity, scopes: scopes, userName: userName)
                    json.check(at: start, since: faults) { faults in
                        value.isSound(&faults)
                    }
                    return value
                }

                func encode(to json: inout RoostSchema.JSONWriter) {
                    json.literal(#"{"token_type":"#)
                    tokenType.encode(to: &json)
                    json.present("id_token", identity)
                    json.literal(#","scopes":"#)
                    scopes.encode(to: &json)
                    json.present("user_name", userName)
                    json.literal("}")
                }

                static func decode(from message: inout RoostSchema.ProtobufReader) throws(RoostSchema.DecodingFailure) -> Token? {
                    let faults = message.faultCount
                    var tokenType: String?
                    var identity: String?? = .some(nil)
                    var scopes: [String]?
                    var userName: Change<String>?
                    while let field = try message.nextField() {
                        switch field {
                        case 1: try message.read(&tokenType, "token_type")
                        case 7: try message.read(&identity, "id_token")
                        case 3: try message.read(&scopes, "scopes")
                        case 4: try message.read(&userName, "user_name")
                        default: try message.skip()
                        }
                    }
                    message.settle(&tokenType, "token_type")
                    message.settle(&scopes, "scopes")
                    message.settle(&userName, else: .keep)
                    message.check(uniqueItemsOf: scopes, at: "scopes")
                    message.check(length: RoostSchema.Bounds(1...9), of: userName?.newValue, at: "user_name")
                    guard let tokenType, let identity, let scopes, let userName else { return nil }
                    let value = Token(tokenType: tokenType, identity: identity, scopes: scopes, userName: userName)
                    message.check(since: faults) { faults in
                        value.isSound(&faults)
                    }
                    return value
                }

                func encode(to message: inout RoostSchema.ProtobufWriter) {
                    message.field(1, tokenType)
                    message.field(7, identity)
                    message.field(3, scopes)
                    message.present(4, userName)
                }

                func check(_ faults: inout RoostSchema.FaultCollector) {
                    faults.check(tokenType, "token_type")
                    faults.check(identity, "id_token")
                    faults.check(scopes, "scopes")
                    faults.check(uniqueItemsOf: scopes, at: "scopes")
                    faults.check(userName, "user_name")
                    faults.check(length: RoostSchema.Bounds(1...9), of: userName.newValue, at: "user_name")
                    if faults.isEmpty {
                        self.isSound(&faults)
                    }
                }
            }

            extension Token: RoostSchema.Schema, @unchecked Swift.Sendable {}
            """#)
    }

    @Test func fieldsThatMayAllBeLeftOut() {
        let expanded = expansion("@Schema(omitsNil: true)\nstruct A {\n    var a: Int?\n    var b: Int\n}")
        #expect(
            expanded.contains("json.literal(\"{\")\n        json.present(\"a\", a)\n        json.key(\"b\")\n        b.encode(to: &json)\n")
        )
    }

    @Test func unknownCases() {
        let words = expansion("@Schema\nenum A: String {\n    case a\n    @Unknown case other\n}")
        #expect(words.contains(#"RoostSchema.JSONSchema.Word("other", 2, isUnknown: true)"#))
        #expect(words.contains("default: self = .other"))
        #expect(words.contains("default: return .other"))
        let choice = expansion("@Schema\nenum A {\n    case a(Int)\n    @Unknown case other\n}")
        #expect(choice.contains("default:\n                try json.skipValue()\n                value = .other\n"))
        #expect(choice.contains("default:\n                try message.skip()\n                value = value ?? .other\n"))
    }
}
