import Roost
import RoostDocuments
import Testing

/// The exported text, character by character.
struct ProtoTextTests {
    @Test func aContract() {
        let line = JSONSchema.object("Line", description: "A line of an order.") {
            JSONSchema.Field("sku", .string, description: "What is wanted.")
            JSONSchema.Field("unitPrice", .number, number: 4)
        }
        let status = JSONSchema.words(
            "OrderStatus", description: "Where an order is.", .init("pending", 1), .init("sent-out", 2, description: "It is on its way."))
        let payment = JSONSchema.choice("Payment") {
            JSONSchema.Field("card", .string, description: "By card.")
            JSONSchema.Field("lines", .array(of: line))
        }
        let order = JSONSchema.object("Order") {
            JSONSchema.Field("id", .uuid)
            JSONSchema.Field("lines", .array(of: line))
            JSONSchema.Field("status", status)
            JSONSchema.Field("note", .nullable(.string), isRequired: false)
            JSONSchema.Field("tags", .dictionary(of: .integer))
            JSONSchema.Field("createdAt", .dateTime)
            JSONSchema.Field("payment", payment)
            JSONSchema.Field("URL", .string)
        }
        let file = ProtoFile(
            ContractDescription(
                "orders", summary: "Takes orders.",
                routes: [
                    Route("orders.place", .post, "/orders", summary: "Places an order.", body: order, reply: order),
                    Route(
                        "orders.list", .get, "/orders",
                        parameters: [
                            .init("limit", in: .query, isRequired: false, schema: .integer.range(Bounds(1...100))),
                            .init("status", in: .query, isRequired: true, schema: status),
                        ], reply: .array(of: order)),
                    Route("orders.remove", .delete, "/orders"),
                ]))
        #expect(file.name == "orders.proto")
        #expect(
            file.text == #"""
                // Generated from the contract `orders`.
                syntax = "proto3";

                package orders;

                import "google/protobuf/empty.proto";
                import "google/protobuf/timestamp.proto";

                // Takes orders.
                service Orders {
                  // Places an order.
                  rpc Place(Order) returns (Order);
                  rpc List(ListRequest) returns (ListReply);
                  rpc Remove(google.protobuf.Empty) returns (google.protobuf.Empty);
                }

                message Order {
                  string id = 1;
                  repeated Line lines = 2;
                  OrderStatus status = 3;
                  optional string note = 4;
                  map<string, int64> tags = 5;
                  google.protobuf.Timestamp created_at = 6;
                  Payment payment = 7;
                  string url = 8 [json_name = "URL"];
                }

                // A line of an order.
                message Line {
                  // What is wanted.
                  string sku = 1;
                  double unit_price = 4;
                }

                message Payment {
                  oneof choice {
                    // By card.
                    string card = 1;
                    ListOfLine lines = 2;
                  }
                }

                message ListOfLine {
                  repeated Line value = 1;
                }

                message ListRequest {
                  optional int64 limit = 1;
                  string status = 2;
                }

                message ListReply {
                  repeated Order value = 1;
                }

                // Where an order is.
                enum OrderStatus {
                  ORDER_STATUS_UNSPECIFIED = 0;
                  ORDER_STATUS_PENDING = 1;
                  // It is on its way.
                  ORDER_STATUS_SENT_OUT = 2;
                }

                """#)
    }

    @Test func whatUsersNamedKeepsItsName() {
        let body = JSONSchema.object("GoRequest") { JSONSchema.Field("a", .string) }
        let id = Route.Parameter("id", in: .path, isRequired: true, schema: .string)
        let file = ProtoFile(
            ContractDescription("a", routes: [Route("a.go", .put, "/{id}", parameters: [id], body: .array(of: body), reply: body)]))
        #expect(file.service?.methods.map(\.request) == ["GoRequest2"] && file.service?.methods.map(\.reply) == ["GoRequest"])
        #expect(file.messages.map(\.name) == ["GoRequest", "GoRequest2", "ListOfGoRequest"])
    }

    @Test func listsOfAQuery() {
        let text = ProtoFile(ZooAPIContract.description).text
        #expect(
            text.contains(
                "message SearchRequest {\n  repeated string names = 1;\n  repeated string kinds = 2;\n  repeated double weights = 3;\n}\n"))
    }

    @Test func streamsAndTheirMetadata() {
        let text = ProtoFile(WarehouseAPIContract.description).text
        #expect(text.contains("  // Metadata: param-room.\n  rpc Talk(stream TalkRequest) returns (stream EverythingNode);\n"))
        #expect(text.contains("  rpc Watch(WatchRequest) returns (stream WatchReply);\n"))
        #expect(text.contains("  rpc Clock(google.protobuf.Empty) returns (google.protobuf.Timestamp);\n"))
        #expect(text.contains("package ware_house;\n") && text.contains("service WareHouse {\n"))
        #expect(text.contains("message PhotoRequest {\n  int64 number = 1;\n  bytes body = 2;\n  optional string content_type = 3;\n}\n"))
        #expect(
            text.contains(
                "message LabelRequest {\n  int64 number = 1;\n  optional string key = 2;\n  MapOfListOfString body = 3;\n}\n"))
    }

    @Test(arguments: [
        ("unitPrice", "unit_price"), ("requestID", "request_id"), ("HTTPError", "http_error"), ("url2Go", "url2_go"), ("a", "a"),
        ("snake_case", "snake_case"), ("2nd", "x2nd"), ("größe", "gr__e"), ("ABTest", "ab_test"),
    ])
    func fieldNames(property: String, field: String) {
        let schema = JSONSchema.object("Thing") { JSONSchema.Field(property, .string) }
        let file = ProtoFile(ContractDescription("a", routes: [Route("a.b", .post, "/", body: schema)]))
        #expect(file.messages[0].fields.map(\.name) == [field] && file.messages[0].fields[0].jsonName == property)
    }

    @Test func aTypeThatTwoRoutesUseStandsOnce() {
        let file = ProtoFile(WarehouseAPIContract.description)
        let names = file.messages.map(\.name) + file.enumerations.map(\.name)
        #expect(names.count == Set(names).count)
        #expect(
            names.filter { $0.hasPrefix("Everything") }.sorted() == [
                "Everything", "EverythingContent", "EverythingContentBoth", "EverythingContentNothing", "EverythingKind", "EverythingNode",
                "EverythingOfOfInt32AndEverythingOfOfOptionalUUIDAndMapOfInteger", "EverythingOfOfListOfIntegerAndString",
                "EverythingOfOfOptionalUUIDAndMapOfInteger",
            ])
    }
}
