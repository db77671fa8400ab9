import SwiftCompilerPlugin
import SwiftSyntaxMacros

@main struct RoostPlugin: CompilerPlugin { let providingMacros: [any Macro.Type] = [] }
