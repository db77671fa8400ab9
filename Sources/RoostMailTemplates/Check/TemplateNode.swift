/// A part of a template that matters to the check.
indirect enum TemplateNode: Sendable {
    /// `{{name}}`
    case value(String, line: Int)
    /// `{{#name}}…{{/name}}`, or inverted `{{^name}}…{{/name}}`
    case section(String, isInverted: Bool, [TemplateNode], line: Int)
    /// `{{>name}}`
    case include(String, line: Int)
    /// `{{<name}}…{{/name}}`
    case layout(String, [TemplateNode], line: Int)
    /// `{{$name}}…{{/name}}`
    case block(String, [TemplateNode], line: Int)
}
