import Mustache
public import Roost
public import RoostMail

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The template of one kind of mail, whose files were found to be in order.
public struct MailTemplate<Values: Schema>: Sendable {
    let subject: MustacheTemplate
    let text: MustacheTemplate
    let html: MustacheTemplate
    let texts: MustacheLibrary
    let pages: MustacheLibrary

    /// Composes a mail.
    /// - Parameters:
    ///   - values: What the mail tells.
    ///   - id: The identifier of the mail. Derive it from the event that the mail is about, so that the event causes one mail however
    ///     often it is handled.
    ///   - from: The sender.
    ///   - to: The receiver.
    ///   - attachments: Files, and images of the HTML.
    ///   - date: The time at which the mail was written.
    /// - Throws: A `Problem` with status 422 if the values make something that is not a mail, such as a subject with control characters, or cannot be
    ///   encoded.
    public func mail(
        _ values: Values, id: UUID, from: MailAddress, to: MailAddress, attachments: [Mail.Attachment] = [], date: Date = Date()
    ) throws(Problem) -> Mail {
        let json = try json(of: values)
        let plain = TemplateValue.of(json), escaped = TemplateValue.of(json, escaping: HTMLText.escaped)
        return try Mail(
            id: id, from: from, to: to, subject: subject.render(plain, library: texts), text: text.render(plain, library: texts),
            html: html.render(escaped, library: pages), attachments: attachments, date: date)
    }

    /// Returns the values as data: what their type encodes is what a template can show.
    private func json(of values: Values) throws(Problem) -> JSONValue {
        do {
            return try JSON.decode(JSONValue.self, from: JSON.encode(values))
        } catch {
            throw Problem(.unprocessable, "The values of the mail cannot be encoded.", cause: error)
        }
    }
}
