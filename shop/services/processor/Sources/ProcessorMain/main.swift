import Processor
import RoostSystem

await ProcessorService().main()
