import Catalog
import RoostSQLite
import RoostSystem

await CatalogService().main(drivers: [.sqlite])
