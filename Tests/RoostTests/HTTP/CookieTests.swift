import Roost
import Testing

/// Cookies as browsers send them, and as servers set them (RFC 6265bis).
@Suite struct CookieTests {
    private func value(_ lines: String..., named name: String = "a") -> String? {
        Cookies(Headers(lines.map { (name: "Cookie", value: $0) }))[name]
    }

    @Test func aCookieIsFoundByItsName() {
        #expect(value("a=1") == "1")
        #expect(value("b=2; a=1; c=3") == "1")
        #expect(value("b=2;a=1;c=3") == "1")
        #expect(value(" b=2 ;\ta = 1 ;") == "1")
        #expect(value("a=x=y==") == "x=y==")
        #expect(value("a=") == "")
        #expect(value("a=\"quoted\"") == "quoted")
        #expect(value("b=1", "a=2") == "2")
        #expect(value("A=1") == nil && value("aa=1") == nil && value("b=a=1") == nil && value("") == nil)
        #expect(Cookies([:])["a"] == nil)
    }

    @Test(arguments: [
        "a", "a; b=1", "; ;", "=1", "a=1; a=1", "a=1; b=2; a=3", "a=x y", "a=x,y", "a=\"x", "a=x\"y", "a=x\\y", "a=\u{1}", "a=\u{7F}",
        "a=ä",
        "a=x\0y", "a=\"\"\"",
    ]) func whatIsNoSingleValueIsNone(line: String) {
        #expect(value(line) == nil)
    }

    @Test func theSameNameInSeveralLinesIsNone() {
        #expect(value("a=1", "a=2") == nil)
        // Others do not matter.
        #expect(value("b=1", "b=2; a=3; c=\u{1}") == "3")
    }

    @Test func aCookieIsWrittenWithItsAttributes() throws {
        #expect(try SetCookie("a", "1", isSecure: true).text == "a=1; Path=/; Secure; HttpOnly; SameSite=Lax")
        #expect(
            try SetCookie(
                "a", "1", maxAge: .seconds(90), path: "/b", domain: "example.com", isSecure: false, isHTTPOnly: false, sameSite: .strict
            ).text == "a=1; Max-Age=90; Domain=example.com; Path=/b; SameSite=Strict")
        #expect(try SetCookie("a", "", maxAge: .seconds(-5), isSecure: false).text == "a=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax")
        // A browser takes zero for a removal.
        for (age, seconds) in [
            (Duration.zero, 0), (.nanoseconds(1), 1), (.milliseconds(999), 1), (.milliseconds(1001), 2), (.milliseconds(-1), 0),
        ] {
            #expect(try SetCookie("a", "1", maxAge: age, isSecure: true).text.hasPrefix("a=1; Max-Age=\(seconds);"))
        }
        let longest = Duration(secondsComponent: .max, attosecondsComponent: 1)
        #expect(try SetCookie("a", "1", maxAge: longest, isSecure: true).text.hasPrefix("a=1; Max-Age=\(Int64.max);"))
        let removal = try SetCookie("a", "secret", maxAge: .seconds(9), path: "/b", isSecure: true, sameSite: .none).removal
        #expect(removal.text == "a=; Max-Age=0; Path=/b; Secure; HttpOnly; SameSite=None")
    }

    @Test func whatABrowserWouldNotTakeIsNotMade() throws {
        for name in ["", "a b", "a=", "a;", "ä", "a\r\nx"] {
            #expect(throws: Problem.self, "\(name)") { try SetCookie(name, "1", isSecure: true) }
        }
        for value in ["a b", "a;b", "a,b", "\"a\"", "a\\", "ä", "a\r\nset-cookie: b=1", "\0", String(repeating: "a", count: 4096)] {
            #expect(throws: Problem.self, "\(value)") { try SetCookie("a", value, isSecure: true) }
        }
        for path in ["", "a", "/a; Domain=example.com", "/\r\n", "/ä"] {
            #expect(throws: Problem.self, "\(path)") { try SetCookie("a", "1", path: path, isSecure: true) }
        }
        #expect(throws: Problem.self) { try SetCookie("a", "1", domain: "a; Secure", isSecure: true) }
        #expect(throws: Problem.self) { try SetCookie("a", "1", isSecure: false, sameSite: .none) }
        #expect(throws: Problem.self) { try SetCookie("__Secure-a", "1", isSecure: false) }
        #expect(throws: Problem.self) { try SetCookie("__host-a", "1", path: "/a", isSecure: true) }
        #expect(throws: Problem.self) { try SetCookie("__Host-a", "1", domain: "example.com", isSecure: true) }
        #expect(try SetCookie("__Host-a", "1", isSecure: true).text.hasPrefix("__Host-a=1; Path=/; Secure"))
    }

    @Test func aValueIsNotPrinted() throws {
        let cookie = try SetCookie("a", "hush", isSecure: true)
        var dumped = ""
        dump(cookie, to: &dumped)
        #expect(!"\(cookie) \(dumped)".contains("hush"))
        #expect(!"\(Headers([("set-cookie", cookie.text), ("cookie", "a=hush")]))".contains("hush"))
    }
}
