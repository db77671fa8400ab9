import Accounts
import RoostSystem
import ShopDrivers

await AccountsService().main(drivers: .shop)
