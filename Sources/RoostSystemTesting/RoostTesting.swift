@_exported public import RoostEventsTesting
@_exported public import RoostTesting
