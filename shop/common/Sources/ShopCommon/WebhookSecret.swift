import Roost
import RoostAuth
import RoostSystem

/// The secret with which the processor signs its webhooks and the payments service verifies them.
public enum WebhookSecret {
    /// Returns the setting `WEBHOOK_SECRET`, or a secret derived from the service key if the setting is missing. Both services know that
    /// key.
    /// - Throws: A `ConfigurationError` if both settings are missing, or the secret is too short.
    public static func of(_ host: ServiceHost) throws(ConfigurationError) -> String {
        let given = try host.configuration.value("WEBHOOK_SECRET", allowed: "at least 16 characters") { $0.utf8.count >= 16 ? $0 : nil }
        if let given { return given }
        guard let key = host.serviceKey else { throw ConfigurationError("WEBHOOK_SECRET or SERVICE_KEY must be set") }
        return SignedPayload.sign(timestamp: 0, body: Array("webhooks".utf8), key: key)
    }
}
