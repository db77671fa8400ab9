import Catalog
import RoostSystem

await CatalogService().main()
