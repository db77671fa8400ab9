#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A file's bytes.
func contents(of file: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(filePath: file))) }

/// What one of a batch's runs takes, in nanoseconds: the median of eleven batches, after one that warms up.
func medianNanoseconds(batch: Int, _ body: () async throws -> Void) async rethrows -> Double {
    try await body()
    var times: [Double] = []
    for _ in 0..<11 {
        let began = ContinuousClock.now
        try await body()
        times.append((ContinuousClock.now - began) / .nanoseconds(1) / Double(batch))
    }
    return (times.sorted()[times.count / 2] * 10).rounded() / 10
}
