@_exported public import RoostTesting
