import Roost
import RoostHTTP

extension Request {
    /// Whom the gateway counts the request for. This is the one place that says who the client is.
    var client: ClientKey { ClientKey(remoteAddress) }
}
