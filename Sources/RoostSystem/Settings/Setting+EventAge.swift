import Roost

extension Setting where Value == Int {
    /// `EVENT_AGE_LIMIT`, the age of unhandled events from which on a service is not ready.
    static var eventAgeLimit: Setting {
        Setting(
            "EVENT_AGE_LIMIT", allowed: 1...2_592_000, default: 300,
            purpose: "A service whose oldest event has not been handled for this many seconds reports that it is not ready.")
    }
}
