import Roost
import Synchronization

/// Content that is generated once, when it is first requested.
final class ContentOnDemand: Sendable {
    private let make: @Sendable () -> StaticContent
    private let made = Mutex<StaticContent?>(nil)

    init(_ make: @escaping @Sendable () -> StaticContent) { self.make = make }

    var value: StaticContent {
        made.withLock { made in
            if let made { return made }
            let content = make()
            made = content
            return content
        }
    }
}
