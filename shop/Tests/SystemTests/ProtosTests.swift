import Foundation
import RoostSystemTesting
import Testing

/// The files from which clients in other languages are generated.
@Suite(.timeLimit(.minutes(5))) struct ProtosTests {
    /// If this fails, `make protos` writes them again. Changes that it refuses would break existing clients.
    @Test func theyAreWhatTheContractsSay() async throws {
        let (code, output) = try await ShopProcess.run(["protos", "--check"])
        #expect(code == 0, "\(output)")
    }

    @Test func protocTakesThem() async throws {
        let folder = try TemporaryFolder()
        let script = "exec timeout 60 \"$(../scripts/python)\" -m grpc_tools.protoc -Iprotos --python_out='\(folder.path)' protos/*.proto"
        #expect(try await ShopProcess.run("/bin/bash", ["-c", script]).code == 0)
        let written = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(
            written.sorted() == [
                "accounts_pb2.py", "carts_pb2.py", "catalog_pb2.py", "events_pb2.py", "notifications_pb2.py", "orders_pb2.py",
                "payments_pb2.py", "processor_pb2.py", "recommendations_pb2.py", "workflows_pb2.py",
            ])
    }
}
