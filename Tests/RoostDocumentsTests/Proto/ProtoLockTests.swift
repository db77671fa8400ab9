import Roost
import RoostDocuments
import Testing

/// Changes of a contract, checked against the lock of its numbers.
struct ProtoLockTests {
    private static func lock(of fields: [JSONSchema.Field], words: [JSONSchema.Word] = [.init("new", 1)]) -> ProtoLock {
        ProtoLock([file(fields, words)])
    }

    private static func file(_ fields: [JSONSchema.Field], _ words: [JSONSchema.Word] = [.init("new", 1)]) -> ProtoFile {
        let status = JSONSchema.words(name: "Status", description: "", words)
        let order = JSONSchema.object(name: "Order", description: "") { fields + [.init("status", status, number: 50)] }
        return ProtoFile(ContractDescription("orders", routes: [Route("orders.place", .post, "/orders", body: order)]))
    }

    private let before = Self.lock(of: [.init("id", .uuid), .init("note", .string), .init("tags", .array(of: .string))])

    @Test func isTextThatReadsBackAsItself() throws {
        let lock = before.updated(to: Self.lock(of: [.init("id", .uuid), .init("more", .dictionary(of: .integer), number: 9)]))
        #expect(
            lock.text == """
                # The Protocol Buffers numbers and methods that clients rely on, maintained by the command `protos`. Commit this file.
                message orders.Order
                  1 id string
                  reserved 2 note
                  reserved 3 tags
                  9 more map<string, int64>
                  50 status Status
                service orders.Orders
                  rpc Place(Order) returns (google.protobuf.Empty)
                enum orders.Status
                  1 STATUS_NEW

                """)
        #expect(try ProtoLock(parsing: lock.text) == lock)
        #expect(try ProtoLock(parsing: "") == ProtoLock())
    }

    @Test(arguments: [
        ("x", 1), ("message", 1), ("message a.B\nmessage a.B", 2), ("enum a.B\n  x y", 2), ("message a.B\n  1 a string\n  1 b string", 3),
        ("  1 a string", 1), ("message a.B\n  0 a string", 2), ("message a.B\n  reserved 536870912 a", 2),
        ("message a.B\n  reserved 9223372036854775807 a", 2), ("message a.B\n  reserved 1 a\"b", 2),
        ("# head\n\nmessage a.B\n  reserved x y", 4), ("service a.B\n  1 a string", 2), ("message a.B\n  rpc C(D) returns (E)", 2),
        ("service a.B\n  rpc C(D)", 2), ("service a.B\n  rpc C(D) returns (E)\n  rpc C(D) returns (F)", 3),
    ])
    func aLockThatCannotBeRead(text: String, line: Int) {
        #expect { try ProtoLock(parsing: text) } throws: { "\($0)".hasPrefix("line \(line) of the lock is invalid") }
    }

    @Test(
        arguments: [
            ([JSONSchema.Field("id", .uuid), .init("note", .string), .init("tags", .array(of: .string)), .init("more", .integer)], nil),
            ([.init("id", .uuid), .init("note", .nullable(.string)), .init("tags", .array(of: .string))], nil),
            ([.init("id", .uuid), .init("tags", .array(of: .string), number: 3)], nil),
            ([.init("note", .string, number: 2), .init("id", .uuid, number: 1)], nil),
            (
                [.init("id", .uuid), .init("memo", .string), .init("tags", .array(of: .string))],
                "the number 2 was note and is now memo: give the new one another number with @Field"
            ),
            (
                [.init("id", .uuid), .init("note", .integer), .init("tags", .array(of: .string))],
                "note was string and is now int64: add a new field instead"
            ),
            (
                [.init("id", .uuid), .init("note", .array(of: .string)), .init("tags", .array(of: .string))],
                "note was string and is now repeated string: add a new field instead"
            ),
            (
                [.init("id", .uuid), .init("note", .string, number: 7), .init("tags", .array(of: .string), number: 3)],
                "note had the number 2 and now has 7: keep the number with @Field(2)"
            ),
        ] as [([JSONSchema.Field], String?)])
    func findsWhatBreaks(fields: [JSONSchema.Field], change: String?) {
        let found = ProtoLock.check(Self.lock(of: fields), against: before)
        #expect(found.map(\.change) == (change.map { [$0] } ?? []))
        #expect(found.allSatisfy { $0.type == "orders.Order" })
    }

    @Test func whatIsGoneIsNotUsedAgain() {
        let lock = before.updated(to: Self.lock(of: [.init("id", .uuid)]))
        let reused = Self.lock(of: [.init("id", .uuid), .init("other", .string)])
        #expect(
            ProtoLock.check(reused, against: lock).map(\.change) == [
                "other has the number 2, which belonged to note: give it another number with @Field"
            ])
        let renamed = Self.lock(of: [.init("id", .uuid), .init("note", .string, number: 8)])
        #expect(
            ProtoLock.check(renamed, against: lock).map(\.change) == [
                "note is the name of a removed field with the number 2: choose another name"
            ])
        // It stays reserved, however often the lock is updated.
        let later = lock.updated(to: Self.lock(of: [.init("id", .uuid)]))
        #expect(later == lock)
    }

    @Test func wordsHaveNumbersToo() {
        let found = ProtoLock.check(Self.lock(of: [], words: [.init("old", 1), .init("new", 2)]), against: before)
        #expect(
            found.map(\.description) == [
                "orders.Status: the number 1 was STATUS_NEW and is now STATUS_OLD: give the new one another number with @Field"
            ])
    }

    private static func service(_ routes: Route...) -> ProtoLock { ProtoLock([ProtoFile(ContractDescription("orders", routes: routes))]) }

    private static let advice = ": add a new method, or change its line in the lock if nobody calls it"

    private static func order(_ name: String) -> JSONSchema { .object(name: name, description: "") { [.init("id", .uuid)] } }

    @Test(
        arguments: [
            ([Route("orders.place", .post, "/", body: order("New"), reply: order("Order")), Route("orders.list", .get, "/")], []),
            (
                [Route("orders.put", .post, "/", body: order("New"), reply: order("Order"))],
                ["Place was removed, which breaks its callers: restore it, or delete its line from the lock if nobody calls it"]
            ),
            (
                [Route("orders.place", .post, "/", body: order("Draft"), reply: order("Order"), streaming: [.reply])],
                [
                    "Place takes Draft instead of New" + advice,
                    "Place returns stream Order instead of Order" + advice,
                ]
            ),
            (
                [Route("orders.place", .post, "/", body: order("New"))],
                [
                    "Place returns google.protobuf.Empty instead of Order" + advice
                ]
            ),
        ] as [([Route], [String])])
    func aMethodThatIsCalledStays(routes: [Route], changes: [String]) {
        let before = Self.service(Route("orders.place", .post, "/", body: Self.order("New"), reply: Self.order("Order")))
        let now = ProtoLock([ProtoFile(ContractDescription("orders", routes: routes))])
        #expect(ProtoLock.check(now, against: before).map(\.description) == changes.map { "orders.Orders: " + $0 })
    }

    @Test func nothingMayBecomeSomething() {
        let before = Self.service(Route("orders.tick", .post, "/"))
        let now = Self.service(Route("orders.tick", .post, "/", body: Self.order("Tick"), reply: Self.order("Tock")))
        #expect(ProtoLock.check(now, against: before).isEmpty)
        #expect(ProtoLock.check(before, against: now).count == 2)
        // A contract that this process does not have belongs to another process.
        #expect(ProtoLock.check(ProtoLock(), against: now).isEmpty && now.updated(to: ProtoLock()) == now)
    }

    @Test func aMethodWhoseLineIsDeletedMayGo() throws {
        let before = Self.service(Route("orders.tick", .post, "/"), Route("orders.tock", .post, "/tock"))
        let accepted = try ProtoLock(
            parsing: before.text.replacing("  rpc Tock(google.protobuf.Empty) returns (google.protobuf.Empty)\n", with: ""))
        let now = Self.service(Route("orders.tick", .post, "/"))
        #expect(ProtoLock.check(now, against: before).count == 1 && ProtoLock.check(now, against: accepted).isEmpty)
        #expect(accepted.updated(to: now) == now)
    }

    @Test func anExportThatBreaksIsRefused() throws {
        let export = try ProtoExport([WarehouseAPIContract.description], keeping: ProtoLock())
        #expect(export.files.map(\.name) == ["ware-house.proto"])
        #expect(throws: Never.self) { try ProtoExport([WarehouseAPIContract.description], keeping: export.lock) }
        let other = try ProtoLock(parsing: "message ware_house.Everything\n  1 int string\n  2 int8 int32\n")
        #expect { try ProtoExport([WarehouseAPIContract.description], keeping: other) } throws: { error in
            let faults = (error as? ConfigurationError)?.faults ?? []
            return faults.count == 1 && faults[0].hasSuffix("int was string and is now int64: add a new field instead")
        }
    }
}
