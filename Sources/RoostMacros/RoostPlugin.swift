import SwiftCompilerPlugin
import SwiftSyntaxMacros

@main
struct RoostPlugin: CompilerPlugin {
    let providingMacros: [any Macro.Type] = [
        SchemaMacro.self, CheckMacro.self, FieldMacro.self, ExampleMacro.self, UnknownMacro.self, ContractMacro.self,
        ContractClientMacro.self, EndpointMacro.self,
        ServiceMacro.self, SubscribeMacro.self, ModelMacro.self, ColumnGroupMacro.self, ColumnAttributeMacro.self,
    ]
}
