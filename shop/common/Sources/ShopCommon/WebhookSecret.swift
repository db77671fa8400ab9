import Roost
import RoostAuth
import RoostSystem

/// The secret with which the processor signs its webhooks and the payments service verifies them.
public enum WebhookSecret {
    /// The setting `WEBHOOK_SECRET`.
    public static let setting = Setting<String?>(
        "WEBHOOK_SECRET", allowed: "at least 16 characters", described: "derived from SERVICE_KEY", isSecret: true,
        purpose: "The secret with which the payment processor signs its webhooks.", parse: { $0.utf8.count >= 16 ? $0 : nil })

    /// Returns the value of the setting, or a secret derived from the service key if it is not set. Both services know that key.
    /// - Parameter host: The host of a service that declares `setting`.
    /// - Throws: A `ConfigurationError` if both settings are missing, or the secret is too short.
    public static func of(_ host: ServiceHost) throws(ConfigurationError) -> String {
        if let given = try host[setting] { return given }
        guard let key = host.serviceKey else { throw ConfigurationError("WEBHOOK_SECRET or SERVICE_KEY must be given") }
        return SignedPayload.sign(timestamp: 0, body: Array("webhooks".utf8), key: key)
    }
}
