import Accounts
import RoostRedis
import RoostSQLite
import RoostSystem

await AccountsService().main(drivers: [.sqlite, .redis])
