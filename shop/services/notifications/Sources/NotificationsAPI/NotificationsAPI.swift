import Roost

/// Sends mail to customers.
@Contract("notifications")
public protocol NotificationsAPI: Sendable {
    /// Lists the mails that were captured because no mail server is configured. Available in development only.
    @Get("/dev/mail")
    func mail(to: String?) async throws -> CapturedMails
}
