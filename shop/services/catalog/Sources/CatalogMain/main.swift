import Catalog
import RoostSystem
import ShopDrivers
import ShopLogging

await CatalogService().main(drivers: .shop, log: .shop)
