// A service is written with the declarations of these modules, so importing RoostSystem is enough.
@_exported public import Roost
@_exported public import RoostData
@_exported public import RoostEvents
@_exported public import RoostGateway
