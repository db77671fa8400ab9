import Catalog
import RoostSystem
import ShopDrivers

await CatalogService().main(drivers: .shop)
