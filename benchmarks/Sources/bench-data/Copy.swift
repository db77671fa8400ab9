import ArgumentParser
import Foundation
import RoostData
import RoostPostgres

/// Copies the rows of a file into a table, or those of the table into a file.
struct Copy: AsyncParsableCommand {
    enum Way: String, ExpressibleByArgument {
        case from = "FROM"
        case to = "TO"
    }

    @Option(help: "The database's URL.") var database: String
    @Option(help: "Whether to copy FROM the file, or TO it.") var way: Way
    @Option(help: "The path of the file.") var file: String

    func run() async throws {
        let database = try await open(database)
        switch way {
        case .from: try await database.transaction { try await $0.copy(from: Pieces(file: file), "COPY copied FROM STDIN") }
        case .to: try await write(database)
        }
        await database.close()
    }

    private func write(_ database: Database) async throws {
        FileManager.default.createFile(atPath: file, contents: nil)
        let target = try FileHandle(forWritingTo: URL(filePath: file))
        try await database.read { snapshot in
            try await snapshot.copy("COPY copied TO STDOUT") { data in
                for try await piece in data { try target.write(contentsOf: piece) }
            }
        }
        try target.close()
    }
}

/// The content of a file, in pieces.
private struct Pieces: AsyncSequence {
    let file: String

    func makeAsyncIterator() -> Iterator { Iterator(handle: FileHandle(forReadingAtPath: file)) }

    struct Iterator: AsyncIteratorProtocol {
        let handle: FileHandle?

        func next() async throws -> [UInt8]? {
            guard let piece = try handle?.read(upToCount: 1 << 16), !piece.isEmpty else { return nil }
            return [UInt8](piece)
        }
    }
}
