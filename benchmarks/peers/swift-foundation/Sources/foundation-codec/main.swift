import Foundation

// Prints what Foundation takes to decode the order in the file that is given, and to encode it, in nanoseconds. It does not validate.

struct Line: Codable {
    var sku: String
    var quantity: Int
    var unitPrice: Double
}

struct Order: Codable {
    var customer: String
    var email: String
    var note: String?
    var lines: [Line]
}

/// The median of eleven batches, after one that warms up.
func nanoseconds(_ body: () throws -> Void) rethrows -> Double {
    var times: [Double] = []
    for _ in 0..<12 {
        let began = ContinuousClock.now
        for _ in 0..<500 { try body() }
        times.append((ContinuousClock.now - began) / .nanoseconds(500))
    }
    return times.dropFirst().sorted()[5].rounded()
}

let data = try Data(contentsOf: URL(filePath: CommandLine.arguments[1]))
let decoder = JSONDecoder(), encoder = JSONEncoder()
let order = try decoder.decode(Order.self, from: data)
print("json-decode", try nanoseconds { _ = try decoder.decode(Order.self, from: data) })
print("json-encode", try nanoseconds { _ = try encoder.encode(order) })
