import Foundation
import RoostSystemTesting
import Testing

/// The files from which clients in other languages are generated.
@Suite(.timeLimit(.minutes(5))) struct ProtosTests {
    private static let shop = URL(filePath: #filePath + "/../../..").standardizedFileURL

    /// If this fails, `make protos` writes them again. Changes that it refuses would break existing clients.
    @Test func theyAreWhatTheContractsSay() async throws {
        let (code, output) = try await ShopProcess.run(["protos", "--check"])
        #expect(code == 0, "\(output)")
    }

    @Test func protocTakesThem() async throws {
        let folder = try TemporaryFolder()
        let script = "exec timeout 60 \"$(../scripts/python)\" -m grpc_tools.protoc -Iprotos --python_out='\(folder.path)' protos/*.proto"
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = ["-c", script]
        process.currentDirectoryURL = Self.shop
        let (ends, end) = AsyncStream.makeStream(of: Int32.self)
        process.terminationHandler = { end.yield($0.terminationStatus) }
        try process.run()
        #expect(await ends.first { _ in true } == 0)
        let written = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(
            written.sorted() == [
                "accounts_pb2.py", "carts_pb2.py", "catalog_pb2.py", "notifications_pb2.py", "orders_pb2.py", "payments_pb2.py",
                "processor_pb2.py",
            ])
    }
}
