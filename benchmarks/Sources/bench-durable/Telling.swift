import Foundation

/// Prints a line at once, also if the output is not a terminal.
func tell(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

/// Prints the median and the 99th percentile in milliseconds.
func tellPercentiles(of durations: [Duration]) {
    let sorted = durations.sorted()
    func percentile(_ share: Double) -> Double {
        sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))] / .milliseconds(1)
    }
    tell("\(percentile(0.5)) \(percentile(0.99))")
}

/// The seconds of the system's monotonic clock, which all processes share.
func monotonicSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
