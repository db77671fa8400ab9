import Testing

@testable import RoostSystemTesting

@Suite struct TestDatabasesTests {
    @Test(arguments: ["postgres://ada@127.0.0.1:5432", "postgres://ada@127.0.0.1:5432/"])
    func theAddressOfTheServerMayEndWithASlash(server: String) {
        #expect(TestDatabases.url(of: "test_books", on: server) == "postgres://ada@127.0.0.1:5432/test_books")
    }
}
