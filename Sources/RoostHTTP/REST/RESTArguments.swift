import Roost

/// Writes arguments as REST does: to the path, the query, header fields and a JSON body.
struct RESTArguments: ArgumentWriter {
    private let route: Route
    private var pathValues: [String: String] = [:]
    private var query = ""
    private var headers: Headers
    private var body = Body.empty

    init(_ route: Route) {
        self.route = route
        headers = ["accept": route.streaming.contains(.reply) ? "text/event-stream" : "application/json"]
    }

    mutating func write(_ parameter: String, _ name: String, in location: Route.Location) {
        switch location {
        case .path: pathValues[name] = parameter
        case .query: query += (query.isEmpty ? "" : "&") + PercentCoding.encode(name) + "=" + PercentCoding.encode(parameter)
        case .header(let field): headers.add(field, parameter)
        }
    }

    mutating func write(body: ArgumentBody) {
        switch body {
        case .value(let value):
            headers.add("content-type", "application/json")
            self.body = .bytes(JSON.encode(value))
        case .raw(let raw):
            headers.add("content-type", raw.contentType)
            self.body = .bytes(raw.bytes)
        case .stream(let stream):
            headers.add("content-type", JSONLines.mediaType)
            self.body = .stream(stream.mapped { JSONLines.line($0) }, length: nil)
        }
    }

    var request: Request {
        let path = route.path.filled { pathValues[$0] ?? "" }
        return Request(route.method, path, query: query, headers: headers, body: body)
    }
}
