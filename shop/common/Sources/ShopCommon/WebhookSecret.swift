import Roost
import RoostAuth
import RoostSystem

/// What the processor signs its webhooks with, and the payments service checks them by.
public enum WebhookSecret {
    /// `WEBHOOK_SECRET`; where it is left out, a secret made of the system's service key, which both sides have too.
    /// - Throws: a `ConfigurationError` where there is neither, or the secret is short.
    public static func of(_ host: ServiceHost) throws(ConfigurationError) -> String {
        let given = try host.configuration.value("WEBHOOK_SECRET", allowed: "at least 16 characters") { $0.utf8.count >= 16 ? $0 : nil }
        if let given { return given }
        guard let key = host.serviceKey else { throw ConfigurationError("WEBHOOK_SECRET or SERVICE_KEY must be given") }
        return SignedPayload.sign(timestamp: 0, body: Array("webhooks".utf8), key: key)
    }
}
