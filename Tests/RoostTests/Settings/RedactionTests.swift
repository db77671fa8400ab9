import Roost
import Testing

/// No secret reaches an error or a log line in any way.
@Suite struct RedactionTests {
    @Test(arguments: [
        "SERVICE_KEY", "WEBHOOK_SECRET", "ADMIN_PASSWORD", "ACCESS_TOKEN", "GITHUB_TOKENS", "DB_PASS", "PGPASSWORD", "API_KEY", "APIKEY",
        "AWS_SECRET_ACCESS_KEY", "BASIC_AUTH", "service_key", "x-service-key", "authorization", "proxy-authorization", "cookie",
        "set-cookie",
        "SMTP_CREDENTIALS", "TLS_PRIVATE_KEY", "idempotency-key",
    ])
    func whatBearsSuchANameIsNotShown(name: String) {
        let error = ConfigurationError(key: name, value: "hunter2-hunter2", allowed: "something else")
        #expect(error.description == "\(name)=*** is wrong: it must be something else")
    }

    @Test(arguments: [
        "PORT", "DATA_DIR", "LOG_LEVEL", "ENVIRONMENT", "ADDRESSES", "HOST", "STORE_URL", "KEYBOARD", "COMPASS", "content-type",
    ])
    func otherNamesAreNoSecrets(name: String) {
        #expect(ConfigurationError(key: name, value: "plain", allowed: "x").description.hasPrefix("\(name)=plain is wrong"))
    }

    @Test(arguments: [
        ("postgres://roost:hunter2@db:5432/shop?sslmode=require", "postgres://***@db:5432/shop?sslmode=require"),
        ("postgres://roost:hun@ter2@db/shop", "postgres://***@db/shop"),
        ("postgres://roost:hun/ter2@db/shop", "postgres://***@db/shop"),
        ("postgres://roost:hun?ter2@db/shop", "postgres://***@db/shop"),
        ("postgres://roost:hun#ter2@db/shop", "postgres://***@db/shop"),
        ("postgres://roost:hunter2", "postgres://roost:***"),
        ("postgres://db/shop?user=roost&password=hunter2", "postgres://db/shop?user=roost&password=***"),
        ("sqlite:shop.db?key=hunter2&synchronous=off", "sqlite:shop.db?key=***&synchronous=off"),
        ("redis://:hunter2@store", "redis://***@store"),
        ("amqp://a:hunter2@h1,amqp://b:hunter2@h2", "amqp://***@h2"),
        ("roost:hunter2@mail.example", "***@mail.example"),
        ("https://ghp_hunter2@host", "https://***@host"),
        ("http://[::1]:80/x", "http://[::1]:80/x"), ("http://host:80/x", "http://host:80/x"),
        ("sqlite:/var/shop.db", "sqlite:/var/shop.db"),
        ("C:\\shop?", "C:\\shop?"), ("", ""),
    ])
    func aURLIsShownWithoutItsCredentials(url: String, shown: String) {
        #expect(Redaction.setting("SOME_URL", url) == shown)
        #expect(ConfigurationError(key: "SOME_URL", value: url, allowed: "x").description == "SOME_URL=\(shown) is wrong: it must be x")
    }

    @Test(arguments: [
        ("cannot reach postgres://roost:hunter2@db/shop: refused", "cannot reach postgres://***@db/shop: refused"),
        (#"url "amqp://a:hunter2@h" and 'redis://:hunter2@s'"#, #"url "amqp://***@h" and 'redis://***@s'"#),
        ("authorization: Bearer abcdef0123456789", "authorization: Bearer ***"),
        ("authorization:Bearer abcdef0123456789", "authorization:Bearer ***"),
        ("BASIC cm9vc3Q6aHVudGVyMg==", "BASIC ***"),
        ("offered roost, bearer.abcdef0123456789", "offered roost, bearer.***"),
        ("token=eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "token=***"),
        ("Sign in first: this requires a bearer token.", "Sign in first: this requires a bearer token."),
        ("see https://example.com/a?b=c for basic things", "see https://example.com/a?b=c for basic things"),
    ])
    func credentialsInATextAreHidden(text: String, shown: String) {
        #expect(Redaction.text(text) == shown)
        #expect(ConfigurationError(text).description == shown)
    }

    @Test func secretsOfTheConfigurationAreTakenOutOfAnyText() {
        let filter = SecretFilter(
            Settings([
                "SERVICE_KEY": "a-key-of-services", "ADMIN_PASSWORD": "a-key-of-services-and-more", "PIN": "1234", "PORT": "80000000",
                "STORE_URL": "redis://me:p%40ssword9@store", "WORD": "whispered",
            ]), declared: [Setting("WORD", allowed: "a word", default: "", isSecret: true, purpose: "A word.", parse: { $0 })])
        #expect(filter.filtered("got a-key-of-services, a-key-of-services-and-more, whispered") == "got ***, ***, ***")
        #expect(filter.filtered("p%40ssword9 is p@ssword9 at 80000000, 1234") == "*** is *** at 80000000, 1234")
    }

    @Test func whatHoldsSecretsDoesNotPrintThem() {
        let headers: Headers = [
            "authorization": "Bearer hunter2hunter2", "cookie": "a=hunter2", "x-service-key": "hunter2", "accept": "text/html",
            "sec-websocket-protocol": "roost, bearer.hunter2hunter2",
        ]
        var context = RequestContext(requestID: "r1")
        context.authorization = "Bearer hunter2hunter2"
        struct Failure: Error { let cause: any Sendable }
        for value in [
            headers, context, Settings(["SERVICE_KEY": "hunter2", "OTHER": "hunter2"]), Request(.get, "/", headers: headers),
        ]
            as [any Sendable]
        {
            for text in ["\(value)", String(reflecting: value), String(reflecting: Failure(cause: value))] {
                #expect(!text.contains("hunter2"), "\(text)")
            }
        }
        #expect("\(headers)".contains("accept: text/html") && "\(context)".contains("r1"))
    }
}
