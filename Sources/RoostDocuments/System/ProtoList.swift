import Roost

/// The list at `/protos/`, with the name, the location and the service of each file.
struct ProtoList {
    private let contracts: [ContractDescription]

    init(_ contracts: [ContractDescription]) { self.contracts = contracts }

    var text: String {
        let files = contracts.map { contract -> JSONNode in
            let file = ProtoFile.name(of: contract)
            let service = ProcedureName(operation: contract.name)
            return ["name": .string(file), "url": .string("/protos/" + file), "service": .string("\(service.package).\(service.service)")]
        }
        return node(files).text
    }

    private func node(_ files: [JSONNode]) -> JSONNode { ["files": .array(files)] }
}
