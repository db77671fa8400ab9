import FoundationEssentials
import RoostSchema
import Testing

/// Types of other programs' APIs: their keys, and what is left out.
struct ForeignAPITests {
    /// RFC 6749 §5.1.
    @Schema(fields: .snakeCase, omitsNil: true)
    struct Token: Equatable {
        var accessToken: String
        var expiresIn: Int
        var refreshToken: String?
        @Field("id_token", number: 9) var identity: String?
        var HTTPStatus: Int?
    }

    @Schema(omitsNil: true)
    struct Sparse: Equatable {
        var first: Int?
        var second = 2
        var third: [Int]?
    }

    @Schema(fields: .kebabCase)
    enum Notice: Equatable {
        case cardCharged(amountPaid: Int)
        @Field("void") case nothing
    }

    @Test func keysAreThoseOfTheAPI() throws {
        let token = Token(accessToken: "a", expiresIn: 60, refreshToken: nil, identity: "i", HTTPStatus: 200)
        #expect(JSON.text(token) == #"{"access_token":"a","expires_in":60,"id_token":"i","http_status":200}"#)
        try expectSame(token)
        #expect(faults(Token.self, #"{"expires_in":"x"}"#) == ["/expires_in type", "/access_token required"])
        #expect(JSON.text(Notice.cardCharged(amountPaid: 1)) == #"{"card-charged":{"amount-paid":1}}"#)
        #expect(JSON.text(Notice.nothing) == #"{"void":{}}"#)
        try expectSame(Notice.cardCharged(amountPaid: 1))
        try expectSame(Notice.nothing)
        #expect(try Protobuf.fields(of: Protobuf.encode(token)).map(\.number) == [1, 2, 9, 5])
    }

    @Test func whatIsNilIsLeftOut() throws {
        #expect(JSON.text(Sparse()) == #"{"second":2}"#)
        #expect(JSON.text(Sparse(first: 1, second: 2, third: [])) == #"{"first":1,"second":2,"third":[]}"#)
        try expectSame(Sparse(first: nil, second: 3, third: [1]))
        #expect(try JSON.decode(Sparse.self, from: Array(#"{"first":null}"#.utf8)) == Sparse())
    }

    @Schema
    struct Profile: Equatable {
        @Check(.length(1...5)) var nickname: Change<String>
        var tags: Change<[String]> = .keep
        var age = 0
    }

    @Test(arguments: [
        (#"{"age":0}"#, Profile(nickname: .keep)), (#"{"nickname":null,"age":0}"#, Profile(nickname: .clear)),
        (#"{"nickname":"Ada","tags":[],"age":0}"#, Profile(nickname: .set("Ada"), tags: .set([]))),
    ])
    func absentIsNotNull(text: String, profile: Profile) throws {
        #expect(JSON.text(profile) == text)
        try expectSame(profile)
        var nickname: String? = "Old"
        profile.nickname.apply(to: &nickname)
        #expect(nickname == (profile.nickname == .keep ? "Old" : profile.nickname.newValue))
    }

    @Test func aChangeIsCheckedLikeItsValue() {
        #expect(faults(Profile.self, #"{"nickname":"too long","tags":[1]}"#) == ["/nickname length", "/tags/0 type"])
        #expect(FaultCollector.faults(in: Profile(nickname: .set(""))).map(\.pointer) == ["/nickname"])
        #expect(messageFaults(Profile(nickname: .set("a\0"), tags: .set(["\0"]))) == ["/nickname characters", "/tags/0 characters"])
    }

    @Schema enum Status: String { case pending, paid; @Unknown case other }
    @Schema enum Closed: String { case pending, paid }
    @Schema
    enum Payment: Equatable {
        case card(number: String)
        @Unknown case other
    }
    @Schema struct Paid: Equatable { var status: Status, payment: Payment }

    @Test func aCaseThatIsNotKnownIsSaidToBe() throws {
        let paid = try JSON.decode(Paid.self, from: Array(#"{"status":"refunded","payment":{"voucher":{"code":"x"}}}"#.utf8))
        #expect(paid == Paid(status: .other, payment: .other))
        try expectSame(paid)
        #expect(Status(parameter: "refunded") == .other)
        // The status 7 and a payment by the field 5.
        #expect(try Protobuf.decode(Paid.self, from: [0x08, 7, 0x12, 2, 0x28, 1]) == paid)
        #expect(faults(Closed.self, #""refunded""#) == [" enum"])
        #expect(messageFaults(Closed.self, [0x08, 7]) == ["/value enum"])
    }
}

func expectSame<Value: Schema & Equatable>(_ value: Value, location: SourceLocation = #_sourceLocation) throws {
    #expect(try JSON.decode(Value.self, from: JSON.encode(value)) == value, sourceLocation: location)
    #expect(try Protobuf.decode(Value.self, from: Protobuf.encode(value)) == value, sourceLocation: location)
}

/// The faults of a text, each as pointer and rule.
func faults<Value: Schema>(_ type: Value.Type, _ text: String) -> [String] {
    faults { () throws(DecodingFailure) in _ = try JSON.decode(Value.self, from: Array(text.utf8)) }
}

/// The faults of a message, each as pointer and rule.
func messageFaults<Value: Schema>(_ type: Value.Type, _ bytes: [UInt8]) -> [String] {
    faults { () throws(DecodingFailure) in _ = try Protobuf.decode(Value.self, from: bytes) }
}

func messageFaults<Value: Schema>(_ value: Value) -> [String] { messageFaults(Value.self, Protobuf.encode(value)) }

private func faults(_ read: () throws(DecodingFailure) -> Void) -> [String] {
    do throws(DecodingFailure) {
        try read()
        return []
    } catch {
        guard case .invalid(let faults) = error else { return ["\(error)"] }
        return faults.map { "\($0.pointer) \($0.rule)" }
    }
}
