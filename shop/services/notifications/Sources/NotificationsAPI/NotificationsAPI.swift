import Roost

/// Tells customers what happened.
@Contract("notifications")
public protocol NotificationsAPI: Sendable {
    /// The mails that were captured since there is no mail server, in development only.
    @Get("/dev/mail")
    func mail(to: String?) async throws -> CapturedMails
}
