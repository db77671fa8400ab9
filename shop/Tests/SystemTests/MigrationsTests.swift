import Testing

/// The migrations of every service.
@Suite(.timeLimit(.minutes(5))) struct MigrationsTests {
    /// If this fails, `shop migrate make` makes what is missing.
    @Test(arguments: ["check", "lint"]) func theyMakeWhatTheModelsDescribeWithoutRisk(command: String) async throws {
        let (code, output) = try await ShopProcess.run(["migrate", command])
        #expect(code == 0, "\(output)")
    }
}
