import Roost
import RoostEvents

/// The next number of a series.
@Schema
struct Counted: Event {
    static let topic = "crash.counted"
    var series: String
    var number: Int

    var key: String { series }
}
