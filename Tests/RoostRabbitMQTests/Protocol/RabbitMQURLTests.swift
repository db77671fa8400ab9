import Roost
import Testing

@testable import RoostRabbitMQ

@Suite struct RabbitMQURLTests {
    @Test func everyPartIsRead() throws {
        let url = try #require(RabbitMQURL("amqps://us%40er:p%2Fw@a:1,[::1]/sh%2Fop?prefix=shop&ca=/x.pem&heartbeat=3"))
        #expect(url.addresses == [ServerAddress(host: "a", port: 1), ServerAddress(host: "::1", port: 5671)])
        #expect(url.user == "us@er" && url.password == "p/w" && url.virtualHost == "sh/op" && url.isSecured)
        #expect(url.names.prefix == "shop" && url.trustRoots == "/x.pem" && url.heartbeat == 3)
    }

    @Test func whatIsLeftOutHasTheServersDefaults() throws {
        for text in ["amqp://localhost", "amqp://localhost/", "AMQP://localhost:5672/%2F"] {
            let url = try #require(RabbitMQURL(text))
            #expect(url.addresses == [ServerAddress(host: "localhost", port: 5672)] && !url.isSecured)
            #expect(url.user == "guest" && url.password == "guest" && url.virtualHost == "/" && url.names.prefix == "roost")
        }
    }

    @Test(arguments: [
        "amqp:", "amqp://", "http://a", "amqp://a:0", "amqp://a:b", "amqp://a/b/c", "amqp://user@a", "amqp://:secret@a", "amqp://a?ca=/x",
        "amqp://a?prefix=A",
        "amqp://a?prefix=", "amqp://a?heartbeat=0", "amqp://a?other=1", "amqp://a,,b", "amqp://a?prefix=x&prefix=y", "amqp://%ff:x@a",
    ])
    func whatIsWrongIsRefused(_ text: String) { #expect(RabbitMQURL(text) == nil) }
}
