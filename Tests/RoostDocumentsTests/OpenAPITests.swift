import Foundation
import Roost
import Testing

@testable import RoostDocuments

@Suite(.timeLimit(.minutes(5))) struct OpenAPITests {
    static let zoo = SystemDescription(
        "The zoo", version: "2.1.0", description: "Animals.", contracts: [ZooAPIContract.description, Toys.description],
        hasGateway: true)

    private func document(_ system: SystemDescription = zoo) throws -> JSONObject {
        try JSONObject(OpenAPIDocument(system).text)
    }

    @Test(arguments: [zoo, zoo.published, SystemDescription("Nothing")])
    func aValidatorAccepts(system: SystemDescription) async throws {
        let complaints = try await PythonCheck.complaints(
            of: """
                import json, sys
                from openapi_spec_validator import OpenAPIV31SpecValidator
                for error in OpenAPIV31SpecValidator(json.load(open(sys.argv[1]))).iter_errors(): print(error)
                """, about: OpenAPIDocument(system).text)
        #expect(complaints == "")
    }

    @Test func everyExampleIsValid() async throws {
        let complaints = try await PythonCheck.complaints(
            of: """
                import json, sys
                from jsonschema import Draft202012Validator as Validator
                document = json.load(open(sys.argv[1])); seen = 0
                def check(schema, example):
                    global seen; seen += 1
                    whole = {**schema, "components": document["components"]}
                    for error in Validator(whole, format_checker=Validator.FORMAT_CHECKER).iter_errors(example): print(error.message, example)
                def walk(node):
                    if isinstance(node, list): [walk(child) for child in node]
                    elif isinstance(node, dict):
                        if "schema" in node and "example" in node: check(node["schema"], node["example"])
                        [walk(child) for key, child in node.items() if key != "example"]
                walk(document)
                if seen < 15: print("only", seen, "examples")
                """, about: OpenAPIDocument(Self.zoo).text)
        #expect(complaints == "")
    }

    @Test func examplesAreTakenByTheTypesThatTheyAreOf() throws {
        _ = try JSON.decode(NewAnimal.self, from: Array(Example.value(of: NewAnimal.schema).text.utf8))
        _ = try JSON.decode(Meal.self, from: Array(Example.value(of: Meal.schema).text.utf8))
        _ = try JSON.decode(Family.self, from: Array(Example.value(of: Family.schema).text.utf8))
    }

    @Test func aRouteSaysWhatItAnswers() throws {
        let paths = try document()["paths"]
        let admit = paths["/animals"]["post"]
        #expect(admit["operationId"].text == "zoo.admit" && admit["x-procedure"].text == "/zoo.Zoo/Admit")
        #expect(admit["summary"].text == "Admits an animal." && admit["tags"][0].text == "zoo")
        #expect(admit["description"].text == "It stays in quarantine first.\nThen it is shown.")
        let statuses = ["201", "400", "401", "403", "409", "413", "415", "422", "503", "504", "default"]
        #expect(admit["responses"].keys == statuses)
        #expect(admit["responses"]["201"]["headers"].keys == ["Location", "x-request-id"])
        #expect(admit["security"][0]["bearer"][0].text == "keeper")
        #expect(paths["/animals"]["get"]["security"].isMissing)
        #expect(paths["/animals/{id}"]["patch"]["responses"]["204"]["content"].isMissing)
        #expect(paths["/feed"]["post"]["responses"]["200"]["content"].keys == ["text/plain"])
        #expect(paths["/animals/{id}/files/{name}"]["put"]["requestBody"]["content"].keys == ["*/*"])
        #expect(paths["/weights"]["post"]["requestBody"]["content"].keys == ["application/x-ndjson"])
    }

    @Test func parametersSayWhereTheyAreAndWhatTheyTake() throws {
        let paths = try document()["paths"]
        let list = paths["/animals"]["get"]["parameters"]
        #expect(
            list.map { $0["name"].text } == ["kind", "since", "limit", "cursor"] && list.map { $0["in"].text == "query" }.allSatisfy { $0 })
        #expect(list.map { $0["required"].isMissing } == [true, false, true, true])
        #expect(list[2]["schema"]["maximum"].number == 100)
        let change = paths["/animals/{id}"]["patch"]["parameters"]
        #expect(change.map { $0["name"].text } == ["id", "X-Reason", "hungry"])
        #expect(paths["/animals"]["post"]["parameters"].map { $0["name"].text } == ["Idempotency-Key"])
    }

    @Test func aListIsGivenOnceForEachValue() throws {
        let search = try document()["paths"]["/animals/search"]["get"]["parameters"]
        #expect(search.map { $0["name"].text } == ["names", "kinds", "weights"])
        for parameter in search {
            #expect(parameter["style"].text == "form" && parameter["explode"].number == 1 && parameter["required"].isMissing)
            #expect(parameter["schema"]["type"].text == "array" && parameter["schema"]["maxItems"].number == 100)
        }
        #expect(search[1]["schema"]["items"]["$ref"].text == "#/components/schemas/Kind")
    }

    @Test func onlyARouteThatTakesIdempotencyKeysPromisesThem() throws {
        let document = try document()
        #expect(document["paths"]["/feed"]["post"]["parameters"].isMissing)
        let text = OpenAPIDocument(Self.zoo).text
        #expect(text.components(separatedBy: #""name":"Idempotency-Key""#).count == 2)
    }

    @Test func aRouteTellsOfTheProblemsThatItsFunctionThrows() throws {
        let route = Route("a.b", .post, "/a", problems: [.tooManyRequests, 402])
        let responses = try self.document(SystemDescription("A", contracts: [ContractDescription("a", routes: [route])]))["paths"]["/a"][
            "post"]["responses"]
        #expect(responses.keys == ["204", "402", "429", "default"])
        #expect(responses["429"]["$ref"].text == "#/components/responses/TooManyRequests")
    }

    @Test func aRouteTellsOfItsCookiesAndOfWhoMayBeSignedIn() throws {
        let routes = [
            Route("a.b", .get, "/a", cookies: ["guest"], takesAccount: true), Route("a.c", .get, "/c"),
            Route("a.d", .get, "/d", access: .signedIn, takesAccount: true),
        ]
        let document = try self.document(SystemDescription("A", contracts: [ContractDescription("a", routes: routes)]))
        let operation = document["paths"]["/a"]["get"], cookie = operation["parameters"][0]
        #expect(cookie["in"].text == "cookie" && cookie["name"].text == "guest" && cookie["required"].isMissing)
        #expect(operation["security"].map(\.keys) == [[], ["bearer"]])
        #expect(operation["responses"].keys == ["204", "401", "default"])
        #expect(operation["responses"]["204"]["headers"]["Set-Cookie"]["$ref"].text == "#/components/headers/Set-Cookie")
        #expect(document["components"]["securitySchemes"].keys == ["bearer"])
        let other = document["paths"]["/c"]["get"]
        #expect(
            other["parameters"].isMissing && other["security"].isMissing && other["responses"]["204"]["headers"].keys == ["x-request-id"])
        #expect(document["paths"]["/d"]["get"]["security"].map(\.keys) == [["bearer"]])
    }

    @Test func aStreamIsAWebSocketOrEvents() throws {
        let paths = try document()["paths"]
        let watch = paths["/animals/{id}/live"]["get"]
        #expect(watch["responses"].keys == ["101", "200", "400", "401", "404", "426", "503", "504", "default"])
        #expect(watch["responses"]["200"]["content"].keys == ["text/event-stream"])
        #expect(watch["x-stream"]["reply"]["$ref"].text == "#/components/schemas/ZooAnimal")
        #expect(watch["parameters"].map { $0["name"].text } == ["id", "Last-Event-ID"])
        let talk = paths["/talk"]["get"]
        #expect(talk["responses"]["200"].isMissing && talk["requestBody"].isMissing)
        #expect(talk["x-stream"]["request"]["$ref"].text == "#/components/schemas/Meal")
    }

    @Test func oneNameForTwoTypesBecomesTwo() throws {
        let schemas = try document()["components"]["schemas"]
        #expect(schemas.keys.filter { $0.hasSuffix("Animal") } == ["NewAnimal", "PageOfAnimal", "ToysAnimal", "ZooAnimal"])
        // Whatever refers to one of the two is the zoo's own, or used by one contract alone.
        #expect(schemas.keys.contains("Kind") && schemas["Family"]["properties"]["head"]["$ref"].text == "#/components/schemas/ZooAnimal")
    }

    @Test func aTypeThatHoldsItselfRefersToItself() throws {
        let schemas = try document()["components"]["schemas"]
        #expect(schemas["Family"]["properties"]["children"]["items"]["$ref"].text == "#/components/schemas/Family")
        #expect(schemas["Meal"]["oneOf"][0]["properties"]["twice"]["$ref"].text == "#/components/schemas/Meal")
    }

    @Test func outsidersDoNotSeeWhatIsForServices() throws {
        let published = try document(Self.zoo.published)
        #expect(published["paths"]["/animals/{id}"].keys == ["get", "patch"])
        #expect(published["components"]["securitySchemes"].keys == ["bearer"])
        let whole = try document()
        #expect(whole["paths"]["/animals/{id}"]["delete"]["security"][0].keys == ["serviceKey", "serviceName"])
    }
}
