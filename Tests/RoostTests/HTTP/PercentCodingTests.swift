import Roost
import Testing

struct PercentCodingTests {
    /// RFC 3986 §6.2.2.
    @Test(arguments: [
        ("/products", "/products"), ("/%70roduct%73", "/products"), ("/%7Ea%2d%5F%2E", "/~a-_."), ("/a%2fb", "/a%2Fb"),
        ("/%c3%a4", "/%C3%A4"), ("/%00%20%25", "/%00%20%25"), ("/%", "/%"), ("/%7", "/%7"), ("/%zz%61", "/%zza"), ("/%%36%31", "/%61"),
        ("/%2561", "/%2561"), ("*", "*"),
    ])
    func onePathIsWrittenOneWay(path: String, normal: String) {
        #expect(PercentCoding.normalized(path) == normal)
    }
}
