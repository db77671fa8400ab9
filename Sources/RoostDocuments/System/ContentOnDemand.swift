import Roost
import Synchronization

/// Content that is made when it is first asked for, once.
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
