import Testing

/// The migrations of every service.
@Suite(.timeLimit(.minutes(5))) struct MigrationsTests {
    /// If this fails, `shop migrate make` makes what is missing.
    @Test func theMigrationsMakeWhatTheModelsDescribe() async throws {
        let (code, output) = try await ShopProcess.run(["migrate", "check"])
        #expect(code == 0, "\(output)")
    }
}
