import Testing

@testable import RoostKafka

@Suite struct KafkaURLTests {
    @Test func readsEveryPart() throws {
        let plain = try #require(KafkaURL("kafka://a:9092,b,[::1]:9093"))
        #expect(plain.servers == "a:9092,b:9092,[::1]:9093" && !plain.isSecured && plain.names.prefix == "roost" && plain.partitions == 8)
        #expect(plain.names.kafkaTopic(of: "orders.placed") == "roost.orders" && plain.names.kafkaGroup(of: "mail") == "roost.mail")
        let secured = try #require(
            KafkaURL(
                "kafka+ssl://us%65r:p%40ss:w@kafka.example:9093?prefix=shop-2&ca=/etc/ca%20s.pem&mechanism=plain&partitions=12&timeout=5"))
        #expect(secured.isSecured && secured.user == "user" && secured.password == "p@ss:w" && secured.mechanism == .plain)
        #expect(
            secured.trustRoots == "/etc/ca s.pem" && secured.names.prefix == "shop-2" && secured.partitions == 12
                && secured.timeout == .seconds(5))
        #expect(KafkaURL("kafka+ssl://u:p@a")?.mechanism == .scram512)
    }

    @Test(arguments: [
        "kafka:", "kafka://", "kafka://:9092", "http://a", "kafka://a:0", "kafka://a:70000", "kafka://a:b", "kafka://a/x", "kafka://a,",
        "kafka://a b", "kafka://[::1", "kafka://user:password@a", "kafka+ssl://user@a", "kafka+ssl://user:@a", "kafka+ssl://%zz:p@a",
        "kafka://a?x=1", "kafka://a?prefix=", "kafka://a?prefix=A", "kafka://a?prefix=\(String(repeating: "a", count: 33))",
        "kafka://a?timeout=0", "kafka://a?timeout=301", "kafka://a?partitions=0", "kafka://a?partitions=1001", "kafka://a?ca=/x",
        "kafka://a?mechanism=PLAIN", "kafka+ssl://a?mechanism=PLAIN", "kafka+ssl://u:p@a?mechanism=GSSAPI", "kafka://a?prefix=a&&timeout=1",
    ])
    func refuses(_ text: String) { #expect(KafkaURL(text) == nil) }

    @Test func passwordsGoOnlyThroughTLS() throws {
        let secured = KafkaSettings.producer(try #require(KafkaURL("kafka+ssl://user:secret@a?ca=/x"))).values
        #expect(secured["security.protocol"] == "sasl_ssl" && secured["sasl.mechanism"] == "SCRAM-SHA-512")
        #expect(secured["sasl.username"] == "user" && secured["sasl.password"] == "secret" && secured["ssl.ca.location"] == "/x")
        #expect(KafkaSettings.producer(try #require(KafkaURL("kafka+ssl://a"))).values["security.protocol"] == "ssl")
        #expect(KafkaSettings.producer(try #require(KafkaURL("kafka://a"))).values["security.protocol"] == "plaintext")
    }
}
