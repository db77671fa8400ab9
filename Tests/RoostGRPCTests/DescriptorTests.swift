import Foundation
import Roost
import RoostTesting
import TestTools
import Testing

@testable import RoostGRPC

/// What reflection returns for services without a contract.
struct DescriptorTests {
    /// The descriptors are the ones that protoc generates from the `.proto` files next to them.
    @Test(arguments: ["health", "reflection", "error_details"])
    func theDescriptorIsOfTheFileBesideIt(name: String) async throws {
        let here = URL(filePath: #filePath).deletingLastPathComponent()
        let source = here.appending(path: "../../Sources/RoostGRPC/Services/Descriptors")
        let kept = try DescriptorFile([UInt8](Data(contentsOf: source.appending(path: "\(name).binpb"))))
        let folder = try TemporaryFolder()
        let copy = folder.url.appending(path: kept.name), set = folder.url.appending(path: "set")
        try FileManager.default.createDirectory(at: copy.deletingLastPathComponent(), withIntermediateDirectories: true)
        try FileManager.default.copyItem(at: source.appending(path: "\(name).proto"), to: copy)
        let made = try await Tool.python(
            "-m", ["grpc_tools.protoc", "-I\(folder.url.path)", "--descriptor_set_out=\(set.path)", kept.name])
        #expect(made.status == 0, "\(made.output)")
        let files = try Protobuf.fields(of: [UInt8](Data(contentsOf: set)))
        #expect(files.map(\.bytes) == [kept.bytes])
    }
}
