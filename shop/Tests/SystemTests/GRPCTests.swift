import Foundation
import RoostSystemTesting
import Testing

/// The whole shop over gRPC: Google's client, in Python, with code generated from the exported files.
@Suite(.timeLimit(.minutes(5))) struct GRPCTests {
    @Test(arguments: [[], ["--together"]])
    func everyContractAnswersThroughTheGateway(arguments: [String]) async throws {
        let shop = try await ShopProcess.start(arguments)
        let (code, output) = try await buy(at: shop)
        #expect(code == 0 && output.hasSuffix("agreed\n"), "\(output)\n\(shop.text)")
        #expect(await shop.stop() == 0)
    }

    private func buy(at shop: ShopProcess) async throws -> (code: Int32, output: String) {
        let folder = try TemporaryFolder()
        let here = URL(filePath: #filePath).deletingLastPathComponent()
        let root = here.appending(path: "../..").standardizedFileURL
        let script = "exec timeout --signal=KILL 180 \"$(../scripts/python)\" \"$@\""
        return try await ShopProcess.run(
            "/bin/bash",
            [
                "-c", script, "buy", here.appending(path: "grpc_shop.py").path, String(shop.address.port),
                root.appending(path: "protos").path,
                folder.path, ShopProcess.adminPassword,
            ])
    }
}
