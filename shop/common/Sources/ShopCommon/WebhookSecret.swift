import Roost
import RoostAuth
import RoostSystem

/// The secret with which the processor signs its webhooks and the payments service verifies them.
public enum WebhookSecret {
    /// `WEBHOOK_SECRET`.
    public static let setting = Setting<String?>(
        "WEBHOOK_SECRET", allowed: "at least 16 characters", described: "made of SERVICE_KEY", isSecret: true,
        purpose: "What the payment processor signs its webhooks with.", parse: { $0.utf8.count >= 16 ? $0 : nil })

    /// Returns the secret that was given, or else one made of the system's service key, which both sides have too.
    /// - Parameter host: The host of a service that declares `setting`.
    /// - Throws: A `ConfigurationError` if there is neither, or the secret is short.
    public static func of(_ host: ServiceHost) throws(ConfigurationError) -> String {
        if let given = try host[setting] { return given }
        guard let key = host.serviceKey else { throw ConfigurationError("WEBHOOK_SECRET or SERVICE_KEY must be set") }
        return SignedPayload.sign(timestamp: 0, body: Array("webhooks".utf8), key: key)
    }
}
