import Accounts
import RoostSystem

await AccountsService().main()
