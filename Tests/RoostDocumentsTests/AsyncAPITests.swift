import Roost
import Testing

@testable import RoostDocuments

@Suite(.timeLimit(.minutes(5))) struct AsyncAPITests {
    private static let events: [EventDescription] = .of([
        ("zoo", [AnimalAdmitted.self, AnimalHungry.self], []), ("kitchen", [], [AnimalHungry.self]), ("news", [], [AnimalHungry.self]),
    ])

    @Test(arguments: [events, []])
    func thePublishedSchemaAccepts(events: [EventDescription]) async throws {
        let complaints = try await PythonCheck.complaints(
            of: """
                import gzip, json, sys
                from jsonschema import Draft7Validator
                schema = json.load(gzip.open(sys.argv[2]))
                for error in Draft7Validator(schema).iter_errors(json.load(open(sys.argv[1]))): print(error.json_path, error.message)
                """, about: AsyncAPIDocument(SystemDescription("The zoo", events: events)).text,
            [PythonCheck.data("asyncapi-3.0.0.json.gz")])
        #expect(complaints == "")
    }

    @Test func everyReferenceLeadsSomewhereAndEveryExampleIsValid() async throws {
        let complaints = try await PythonCheck.complaints(
            of: """
                import json, sys
                from jsonschema import Draft202012Validator as Validator
                document = json.load(open(sys.argv[1]))
                def find(pointer):
                    at = document
                    for part in pointer[2:].split("/"): at = at[part]
                    return at
                def walk(node):
                    if isinstance(node, list): [walk(child) for child in node]
                    elif isinstance(node, dict):
                        if "$ref" in node: find(node["$ref"])
                        [walk(child) for child in node.values()]
                walk(document)
                for message in document["components"]["messages"].values():
                    for example in message["examples"]:
                        Validator({**message["payload"], "components": document["components"]}).validate(example["payload"])
                        Validator(find(message["traits"][0]["$ref"])["headers"]).validate(example["headers"])
                """, about: AsyncAPIDocument(SystemDescription("The zoo", events: Self.events)).text)
        #expect(complaints == "")
    }

    @Test func howEventsTravelOnEachBrokerIsSaid() throws {
        let document = try JSONObject(AsyncAPIDocument(SystemDescription("The zoo", events: Self.events)).text)
        let channel = document["channels"]["zoo.hungry"]["bindings"], operation = document["operations"]["kitchen.receive.zoo.hungry"]
        #expect(channel["amqp"]["exchange"]["name"].text == "roost.events" && channel["kafka"]["topic"].text == "roost.zoo")
        #expect(operation["bindings"]["kafka"]["groupId"]["enum"][0].text == "roost.kitchen")
        #expect(document["operations"]["zoo.send.zoo.hungry"]["bindings"]["amqp"].keys.contains("deliveryMode"))
        #expect(document["components"]["messageTraits"]["CloudEvent"]["bindings"].keys == ["amqp", "kafka"])
    }

    @Test func whoPublishesAndWhoHandlesIsSaid() throws {
        let document = try JSONObject(AsyncAPIDocument(SystemDescription("The zoo", events: Self.events)).text)
        #expect(document["channels"].keys == ["zoo.admitted", "zoo.hungry"])
        #expect(document["channels"]["zoo.hungry"]["description"].text == "An animal is hungry.")
        #expect(
            document["operations"].keys == [
                "kitchen.receive.zoo.hungry", "news.receive.zoo.hungry", "zoo.send.zoo.admitted", "zoo.send.zoo.hungry",
            ])
        #expect(document["operations"]["kitchen.receive.zoo.hungry"]["action"].text == "receive")
    }

    @Test func theCurrentVersionIsSentAndAllAreReceived() throws {
        let document = try JSONObject(AsyncAPIDocument(SystemDescription("The zoo", events: Self.events)).text)
        #expect(document["channels"]["zoo.hungry"]["messages"].keys == ["zoo.hungry", "zoo.hungry.v1"])
        let messages = document["components"]["messages"]
        #expect(messages.keys == ["zoo.admitted", "zoo.hungry", "zoo.hungry.v1"])
        #expect(messages["zoo.hungry"]["title"].text == "AnimalHungry, version 2")
        #expect(messages["zoo.hungry.v1"]["examples"][0]["headers"]["dataschema"].text == "urn:events:zoo.hungry:1")
        #expect(
            document["operations"]["zoo.send.zoo.hungry"]["messages"].map { $0["$ref"].text } == [
                "#/channels/zoo.hungry/messages/zoo.hungry"
            ])
        #expect(Array(document["operations"]["kitchen.receive.zoo.hungry"]["messages"]).count == 2)
    }
}
