import Testing

/// The files that other languages' clients are made from.
@Suite struct ProtosTests {
    /// Where this fails, `make protos` writes them anew; what it then refuses would break the clients that there are.
    @Test func theyAreWhatTheContractsSay() async throws {
        let (code, output) = try await ShopProcess.run(["protos", "--check"])
        #expect(code == 0, "\(output)")
    }
}
