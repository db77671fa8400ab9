import Roost
import RoostGRPC
import RoostHTTP
import Testing

struct CallTimeoutTests {
    private func timeout(_ text: String, from callers: Callers) -> Duration? {
        GRPCProtocol().timeout(of: Request(.post, "/a.A/B", headers: ["grpc-timeout": text]), from: callers)
    }

    @Test(arguments: ["1n", "1u", "2m", "49m"]) func aCallsTimeHasAFloor(text: String) {
        #expect(timeout(text, from: .anyone) == Callers.shortestTimeout)
    }

    @Test func whatIsNoTimeIsNotHeard() {
        for text in ["", "m", "0m", "-1m", "5", "5x", "123456789m"] { #expect(timeout(text, from: .services) == nil, "\(text)") }
    }

    /// Between services, the time is what the first caller was granted, at most an hour.
    @Test func amongServicesATimeIsAsItIs() {
        #expect(timeout("1u", from: .services) == .microseconds(1) && timeout("3S", from: .anyone) == .seconds(3))
        #expect(timeout("2H", from: .services) == .seconds(3600))
    }
}
