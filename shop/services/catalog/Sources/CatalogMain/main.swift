import Catalog
import RoostRedis
import RoostSQLite
import RoostSystem

await CatalogService().main(drivers: [.sqlite, .redis])
