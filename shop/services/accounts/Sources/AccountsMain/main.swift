import Accounts
import RoostSystem
import ShopDrivers
import ShopLogging

await AccountsService().main(drivers: .shop, log: .shop)
