import Testing

@testable import RoostRedis

@Suite struct RedisURLTests {
    @Test func readsEveryPart() throws {
        let url = try #require(RedisURL("redis://us%65r:p%40ss:w@cache.example:7000/3?timeout=0.5"))
        #expect(url.addresses == [.init(host: "cache.example", port: 7000)])
        #expect(url.user == "user" && url.password == "p@ss:w" && url.database == 3 && !url.isSecured && url.timeout == .seconds(0.5))
        let plain = try #require(RedisURL("redis://localhost"))
        #expect(
            plain.addresses == [.init(host: "localhost", port: 6379)] && plain.user == nil && plain.password == nil && plain.database == 0)
        let secured = try #require(RedisURL("rediss://:secret@[::1]:6380/?ca=/etc/ca%20s.pem"))
        #expect(secured.isSecured && secured.addresses == [.init(host: "::1", port: 6380)] && secured.password == "secret")
        #expect(secured.user == nil && secured.trustRoots == "/etc/ca s.pem")
    }

    @Test func readsSentinels() throws {
        let url = try #require(RedisURL("redis+sentinel://:pw@a:1,b,[::1]:3/master/2"))
        #expect(url.addresses == [.init(host: "a", port: 1), .init(host: "b", port: 26379), .init(host: "::1", port: 3)])
        #expect(url.master == "master" && url.database == 2 && url.password == "pw")
        #expect(RedisURL("rediss+sentinel://a/main")?.isSecured == true)
    }

    @Test(arguments: [
        "redis:", "redis://", "redis://:6379", "http://a", "sqlite:a", "redis://a:0", "redis://a:70000", "redis://a:b", "redis://a/x",
        "redis://a/-1",
        "redis://a/1/2", "redis://a,b", "redis://user@a", "redis://user:@a", "redis://%zz:p@a", "redis://a?x=1", "redis://a?timeout=0",
        "redis://a?timeout", "redis://a?ca=/x", "redis+sentinel://a", "redis+sentinel://a/", "redis+sentinel://a,/m", "redis://[::1",
        "redis://a b",
    ])
    func refuses(_ text: String) { #expect(RedisURL(text) == nil) }
}
