import Foundation
import RoostTesting

/// A file system in memory with little room, for tests with a full disk. Mounting one needs the rights of root.
public struct SmallFileSystem: Sendable {
    private let folder: TemporaryFolder
    /// The absolute path of its folder.
    public var path: String { folder.path }

    /// Mounts a file system.
    /// - Parameter bytes: Its size.
    /// - Throws: A `TestProcess.Failure` if this is not allowed.
    public init(bytes: Int) async throws {
        folder = try TemporaryFolder()
        let mount = try await Tool.run("mount", ["-t", "tmpfs", "-o", "size=\(bytes)", "tmpfs", folder.path])
        guard mount.status == 0 else { throw TestProcess.Failure(executable: "mount", reason: mount.output) }
    }

    /// Unmounts it, with all that it contains.
    public func unmount() async throws { _ = try await Tool.run("umount", ["--lazy", path]) }

    /// Whether the tests may mount file systems.
    public static var isAllowed: Bool {
        get async {
            guard geteuid() == 0, let small = try? await SmallFileSystem(bytes: 65_536) else { return false }
            return (try? await small.unmount()) != nil
        }
    }
}
