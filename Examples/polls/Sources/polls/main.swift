import RoostSQLite
import RoostSystem

let system = ServiceSystem("polls", drivers: [.sqlite]) {
    Gateway(port: 8000)
    PollsService()
    TalliesService()
}

await system.main()
