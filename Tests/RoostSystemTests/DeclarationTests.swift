import Roost
import RoostGateway
import RoostHTTP
import RoostSQLite
import RoostSystemTesting
import Testing

@testable import RoostSystem

@Suite struct DeclarationTests {
    private struct Named: ServiceDefinition {
        let name: String
        func assemble(on host: ServiceHost) async throws -> EndpointGroup { EndpointGroup() }
    }

    private let system = ServiceSystem("system", drivers: [.sqlite]) {
        Gateway(port: 0)
        Named(name: "a")
        Named(name: "b").alone()
        Named(name: "c")
    }

    @Test func eachServiceHasAProcess() { #expect(system.processes(together: false) == [["a"], ["b"], ["c"], ["gateway"]]) }

    @Test func togetherAllButThoseThatStayAlone() { #expect(system.processes(together: true) == [["b"], ["a", "c", "gateway"]]) }

    @Test func aPlanNamesAndPlacesTheProcesses() {
        let addresses = ["a": 1, "b": 2, "c": 3].mapValues { HTTPAddress(host: "127.0.0.1", port: $0) }
        let door = HTTPAddress(host: "192.0.2.1", port: 8000)
        let apart = HostPlan.plan(system, together: false, replicas: system.replicas, addresses: addresses, gateway: door)
        #expect(apart.map(\.name) == ["a", "b", "c", "gateway"] && apart.map(\.address.port) == [1, 2, 3, 8000])
        #expect(apart.map(\.isGateway) == [false, false, false, true])
        // Only the gateway listens where HOST says.
        #expect(apart.map { $0.settings["HOST"] } == ["127.0.0.1", "127.0.0.1", "127.0.0.1", nil])
        let together = HostPlan.plan(system, together: true, replicas: system.replicas, addresses: addresses, gateway: door)
        #expect(together.map(\.name) == ["b", "system"] && together.map(\.address.port) == [2, 8000])
    }

    @Test func portsAreKeptForThoseWhoWillListen() async throws {
        let ports = try ReservedPorts(20)
        defer { ports.release() }
        #expect(Set(ports.numbers).count == 20)
        // Whoever asks for any port gets another, and a server may listen, and listen again.
        let others = try ReservedPorts(200)
        others.release()
        #expect(Set(others.numbers).isDisjoint(with: ports.numbers))
        for host in ["127.0.0.1", "0.0.0.0"] {
            // A process that another test starts has the last server's socket for a moment, until it becomes its program.
            let server = try await eventually("the last server's end") {
                try? await HTTPServer.start(.init(host: host, port: ports.numbers[0])) { _, _ in .text("here") }
            }
            await server.stop(within: .zero)
        }
    }

    @Test func aPortThatAnotherListensOnIsNotKept() async throws {
        let server = try await HTTPServer.start(.init(port: 0)) { _, _ in .text("here") }
        var ports = try ReservedPorts(1)
        defer { ports.release() }
        for host in ["127.0.0.1", "0.0.0.0", "localhost"] {
            #expect(throws: TransportError(listeningOn: host, server.port, .portTaken)) { try ports.add(host: host, port: server.port) }
        }
        #expect(throws: TransportError(listeningOn: "192.0.2.1", 0, .unknownHost)) { try ports.add(host: "192.0.2.1", port: 0) }
        #expect(throws: TransportError(listeningOn: "no such host", 1, .unknownHost)) { try ports.add(host: "no such host", port: 1) }
        #expect(ports.numbers.count == 1)
        await server.stop(within: .zero)
        try await eventually("the server's end") { (try? ports.add(host: "127.0.0.1", port: server.port)) == server.port }
    }

    @Test func addressesAreReadAndWritten() throws {
        let text = "accounts=127.0.0.1:4001,catalog=catalog.internal:80"
        let addresses = try Settings(["ADDRESSES": text])[.addresses]
        #expect(addresses["catalog"] == HTTPAddress(host: "catalog.internal", port: 80))
        #expect(HTTPAddress.text(addresses) == text)
    }

    @Test(arguments: ["accounts", "accounts=", "accounts=host", "accounts=host:0", "accounts=:80", "a=h:99999"])
    func wrongAddressesAreRefused(text: String) {
        #expect(throws: ConfigurationError.self) { try Settings(["ADDRESSES": text])[.addresses] }
    }
}

@Suite struct ReplicaPlanTests {
    private struct Named: ServiceDefinition {
        let name: String
        func assemble(on host: ServiceHost) async throws -> EndpointGroup { EndpointGroup() }
    }

    private let system = ServiceSystem("shop", drivers: [.sqlite]) {
        Named(name: "orders")
        Named(name: "payments")
        Named(name: "carts")
    }

    private var setting: Setting<Replicas> { system.replicasSetting }

    @Test(arguments: [false, true]) func eachReplicaIsAProcessOnTheOneAddressOfItsService(together: Bool) throws {
        let replicas = try setting.value(of: "orders=2,payments=1")
        let addresses = Dictionary(
            uniqueKeysWithValues: system.services.enumerated().map { ($1.name, HTTPAddress(host: "127.0.0.1", port: 4000 + $0)) })
        let plans = HostPlan.plan(
            system, together: together, replicas: replicas, addresses: addresses, gateway: HTTPAddress(host: "127.0.0.1", port: 1))
        let orders = plans.filter { $0.services == ["orders"] }
        #expect(orders.map(\.name) == ["orders", "orders-2"] && Set(orders.map(\.address)).count == 1)
        #expect(orders.map { $0.settings["REPLICA"] } == ["1", "2"])
        let others = plans.filter { $0.services != ["orders"] }
        #expect(others.map(\.services) == (together ? [["payments", "carts"]] : [["payments"], ["carts"]]))
        #expect(others.allSatisfy { $0.settings["REPLICA"] == nil })
    }

    @Test(arguments: ["orders", "orders=0", "orders=x", "nobody=2", "orders=2,orders=2", "orders=65"])
    func aWrongNumberOfReplicasIsRefused(text: String) {
        #expect(throws: ConfigurationError.self) { try setting.value(of: text) }
    }

    @Test func oneReplicaEachIsWhatThereIsWithoutTheSetting() throws {
        #expect(try setting.value(of: nil) == Replicas([:]))
        #expect(setting.fallbackText == "one each")
    }

    @Test func theSettingOverridesTheDeclarationForTheServicesInIt() throws {
        let system = ServiceSystem("shop", drivers: [.sqlite]) {
            Named(name: "orders").replicas(2)
            Named(name: "payments").replicas(3)
            Named(name: "carts")
        }
        let setting = system.replicasSetting
        #expect(try setting.value(of: nil) == Replicas(["orders": 2, "payments": 3]))
        #expect(try setting.value(of: "orders=1,carts=2") == Replicas(["payments": 3, "carts": 2]))
        #expect(setting.fallbackText == "orders=2,payments=3")
        #expect(system.outline.services.map(\.replicas) == [2, 3, 1])
        #expect(system.outline.text.contains("\n  replicas: 3\n"))
    }

    @Test func theGatewayIsListedLast() {
        let system = ServiceSystem("shop", drivers: [.sqlite]) {
            Gateway(port: 0)
            Named(name: "orders")
        }
        #expect(system.outline.services.map(\.name) == ["orders", "gateway"] && system.outline.services.map(\.isEdge) == [false, true])
        #expect(system.outline.text.contains("\ngateway (before the other services)\n  settings: "))
    }

    @Test(arguments: [0, -1, 65]) func aWrongDeclaredNumberStopsTheStart(count: Int) throws {
        let system = ServiceSystem("shop", drivers: [.sqlite]) { Named(name: "orders").replicas(count) }
        #expect(try system.faults(atEdge: false) == ["orders is declared with \(count) replicas: declare from 1 to 64"])
    }

    @Test func theGatewayHasOneProcess() throws {
        let system = ServiceSystem("shop", drivers: [.sqlite]) { Gateway(port: 0).replicas(2) }
        #expect(try system.faults(atEdge: false) == ["gateway is declared with 2 replicas: it can have only one"])
    }
}
