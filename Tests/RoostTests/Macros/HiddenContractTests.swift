import Foundation
import RoostTesting
import TestTools
import Testing

/// Contracts that are not visible to other modules, in a release build: there the optimizer looks for the only conforming type.
struct HiddenContractTests {
    /// Asks each contract's client and its only implementation, which may be a double, who answers. The client cannot reach anything.
    private static let program = #"""
        import Roost

        @Contract("file") private protocol FileAPI: Sendable { @Get("/") func name() async throws -> String }
        @Contract("module") protocol ModuleAPI: Sendable { @Post("/{id}") func name(_ text: String, of id: Int, by account: Principal.Account?) async throws -> String }
        enum Nest {
            @Schema enum Size { case small, large }
            @Contract("nested") protocol NestedAPI: Sendable { @Get("/{size}") func name(size: Size) async throws -> String }
        }

        @Contract("doubled") protocol DoubledAPI: Sendable { @Get("/") func name() async throws -> String }

        private struct File: FileAPI { func name() async throws -> String { "file" } }
        struct Module: ModuleAPI { func name(_ text: String, of id: Int, by account: Principal.Account?) async throws -> String { "module" } }
        struct Nested: Nest.NestedAPI { func name(size: Nest.Size) async throws -> String { "nested" } }

        func nowhere<API: Sendable>(_ type: API.Type = API.self) -> Callee<API> {
            Callee(LocalCallee(for: "main", codec: nil) { throw Problem(.notFound) })
        }

        @inline(never) private func ask(_ api: any FileAPI) async -> String { await (try? api.name()) ?? "client" }
        @inline(never) func ask(_ api: any ModuleAPI) async -> String { await (try? api.name("", of: 1, by: nil)) ?? "client" }
        @inline(never) func ask(_ api: any Nest.NestedAPI) async -> String { await (try? api.name(size: .small)) ?? "client" }

        @inline(never) func ask(_ api: any DoubledAPI) async -> String { await (try? api.name()) ?? "client" }

        @main struct Main {
            static func main() async {
                print(await ask(FileAPIClient(of: nowhere())), await ask(File()))
                print(await ask(ModuleAPIClient(of: nowhere())), await ask(Module()))
                print(await ask(Nest.NestedAPIClient(of: nowhere())), await ask(Nested()))
                print(await ask(DoubledAPIClient(of: nowhere())), await ask(DoubledAPIDouble(name: { "double" })))
            }
        }
        """#

    private static let modules = [
        "Roost", "RoostSchema", "RoostPattern", "Logging", "Tracing", "Instrumentation", "ServiceContextModule", "CoreMetrics",
        "HeapModule", "InternalCollectionsUtilities",
    ]

    @Test(.timeLimit(.minutes(5))) func theClientIsNotTakenForTheImplementation() async throws {
        let folder = try TemporaryFolder()
        try Data(Self.program.utf8).write(to: folder.url.appending(path: "main.swift"))
        let built = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        let compiled = try await Tool.run(
            "swiftc",
            ["-swift-version", "6", "-O", "-wmo", "-parse-as-library", "-I", built.appending(path: "Modules").path]
                + ["-load-plugin-executable", built.appending(path: "RoostMacros-tool").path + "#RoostMacros"]
                + ["main.swift", "-o", "program"]
                + Self.modules.flatMap { try Self.objects(of: $0, in: built) },
            in: folder.url, limit: 240)
        try #require(compiled.status == 0, "\(compiled.output)")
        let ran = try await Tool.run(folder.file("program"), [])
        #expect(ran.output == "client file\nclient module\nclient nested\nclient double\n")
    }

    /// The object files of a module as SwiftPM built it. Those of deleted sources may still be beside them.
    private static func objects(of module: String, in folder: URL) throws -> [String] {
        let map = try Data(contentsOf: folder.appending(path: "\(module).build/output-file-map.json"))
        return try JSONDecoder().decode([String: [String: String]].self, from: map).values.compactMap { $0["object"] }
    }
}
