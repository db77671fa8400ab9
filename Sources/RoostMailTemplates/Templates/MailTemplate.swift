import Mustache
public import Roost
public import RoostMail

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The template of one kind of mail. Its files have been checked.
public struct MailTemplate<Values: Schema>: Sendable {
    let subject: MustacheTemplate
    let text: MustacheTemplate
    let html: MustacheTemplate
    let texts: MustacheLibrary
    let pages: MustacheLibrary

    /// Composes a mail.
    /// - Parameters:
    ///   - values: The values that the mail shows.
    ///   - id: The identifier of the mail. Derive it from the event that the mail is about, so that the event causes one mail however
    ///     often it is handled.
    ///   - from: The sender.
    ///   - to: The receiver.
    ///   - attachments: Files, and images of the HTML.
    ///   - date: The time at which the mail was written.
    /// - Returns: The mail.
    /// - Throws: A `Problem` with status 422 if the result is not a valid mail, for example because the subject would have control characters, or if
    ///   the values cannot be encoded.
    public func mail(
        _ values: Values, id: UUID, from: MailAddress, to: MailAddress, attachments: [Mail.Attachment] = [], date: Date = Date()
    ) throws(Problem) -> Mail {
        let json = try json(of: values)
        let plain = TemplateValue.of(json), escaped = TemplateValue.of(json, escaping: HTMLText.escaped)
        return try Mail(
            id: id, from: from, to: to, subject: subject.render(plain, library: texts), text: text.render(plain, library: texts),
            html: html.render(escaped, library: pages), attachments: attachments, date: date)
    }

    /// Returns the values as JSON: a template can show what their type encodes.
    private func json(of values: Values) throws(Problem) -> JSONValue {
        do {
            return try JSON.decode(JSONValue.self, from: JSON.encode(values))
        } catch {
            throw Problem(.unprocessable, "The values of the mail cannot be encoded.", cause: error)
        }
    }
}
