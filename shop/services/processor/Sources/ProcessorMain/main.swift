import Processor
import RoostRedis
import RoostSQLite
import RoostSystem

await ProcessorService().main(drivers: [.sqlite, .redis])
