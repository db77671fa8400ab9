public import Roost

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The mails of a service, written in files: `welcome.txt` and `welcome.html` are one mail as plain text and as HTML.
///
/// The files are [Mustache](https://mustache.github.io/mustache.5.html) templates. The text begins with the subject:
/// ```
/// Subject: Your order {{number}} is confirmed
///
/// Thank you! Your order is on its way.
/// {{#items}}
/// {{quantity}} × {{name}}, {{total}}
/// {{/items}}
/// ```
/// Files of one kind can share parts: `{{>items}}` includes `items.html` in HTML and `items.txt` in text, and a file that is
/// `{{<layout}}{{$body}}…{{/body}}{{/layout}}` fills the block `{{$body}}{{/body}}` of the layout.
///
/// A template can only show the fields of the type that it is made for. Every value is escaped before a template for HTML gets it, so nothing in
/// the template can prevent that.
public struct MailTemplates: Sendable {
    private let text: TemplateSet
    private let html: TemplateSet

    /// Reads the files `*.txt` and `*.html` of a folder.
    /// - Parameter folder: The folder, such as one in the resources of the service's module.
    /// - Throws: A `ConfigurationError` if the folder cannot be read, or with a line for each file that is not a valid template.
    public init(folder: URL) throws(ConfigurationError) {
        let files: [String: String]
        do {
            files = try Self.files(in: folder)
        } catch {
            throw ConfigurationError("the mail templates in \(folder.path) cannot be read: \(error)", cause: error)
        }
        try self.init(files: files)
    }

    /// Creates templates from the contents of their files.
    /// - Parameter files: The contents, by the names of the files, such as `welcome.html`.
    /// - Throws: A `ConfigurationError` with a line for each file that is not a valid template.
    public init(files: [String: String]) throws(ConfigurationError) {
        var faults: [String] = []
        text = TemplateSet(.text, files, &faults)
        html = TemplateSet(.html, files, &faults)
        try ConfigurationError.check(faults.sorted())
    }

    /// Returns the template of a mail.
    /// - Parameters:
    ///   - name: The name of its two files without the endings.
    ///   - values: The type of the values. The template can show its fields.
    /// - Returns: The template, checked.
    /// - Throws: A `ConfigurationError` with a line for each fault in the files, such as a file that is missing or a placeholder that is
    ///   not the name of a field.
    public func template<Values: Schema>(_ name: String, for values: Values.Type) throws(ConfigurationError) -> MailTemplate<Values> {
        let faults = text.faults(of: name, values.schema) + html.faults(of: name, values.schema)
        guard faults.isEmpty, let text = text.files[name], let html = html.files[name], let subject = text.subject else {
            throw ConfigurationError(faults)
        }
        return MailTemplate(subject: subject, text: text.template, html: html.template, texts: self.text.library, pages: self.html.library)
    }

    private static func files(in folder: URL) throws -> [String: String] {
        var files: [String: String] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) where TemplateKind(of: name) != nil {
            files[name] = String(decoding: try Data(contentsOf: folder.appending(path: name)), as: UTF8.self)
        }
        return files
    }
}
