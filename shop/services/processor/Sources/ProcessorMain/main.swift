import Processor
import RoostSQLite
import RoostSystem

await ProcessorService().main(drivers: [.sqlite])
