import Accounts
import RoostSQLite
import RoostSystem

await AccountsService().main(drivers: [.sqlite])
