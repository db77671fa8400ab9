import Roost

/// The header fields of responses, as reusable components.
enum OpenAPIHeader {
    static let requestID = JSONNode.reference("#/components/headers/x-request-id")

    static let components: JSONNode = [
        "x-request-id": header("Identifies the request in the logs.", ["type": "string"]),
        "Location": header("The location of the new resource (RFC 9110 §10.2.2).", ["type": "string", "format": "uri-reference"]),
        "Set-Cookie": header("The cookies that are set or removed (RFC 6265 §4.1).", ["type": "string"]),
        "Retry-After": header(
            "The number of seconds after which to try again (RFC 9110 §10.2.3).", ["type": "integer", "minimum": .integer(0)]),
        "WWW-Authenticate": header("How to authenticate (RFC 6750 §3).", ["type": "string"]),
    ]

    private static func header(_ description: String, _ schema: JSONNode) -> JSONNode {
        ["description": .string(description), "schema": schema]
    }
}
