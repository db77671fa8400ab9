import Roost
import RoostEvents

extension ServiceSystem {
    /// The groups that handle events, each with its topics.
    var eventGroups: [GroupMembership] {
        services.filter { !$0.subscribes.isEmpty }.map { GroupMembership($0.name, topics: Set($0.subscribes.map { $0.topic })) }
    }
}
