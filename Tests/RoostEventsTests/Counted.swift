import Roost
import RoostEvents

/// The next number of a series.
@Schema
struct Counted: Event, Hashable {
    static let topic = "test.counted"
    var series: String
    var number: Int

    var key: String { series }
}
