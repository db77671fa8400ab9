import RoostPostgres
import RoostSQLite
import RoostSystem

let system = ServiceSystem("books", drivers: [.sqlite, .postgres]) {
    Gateway(port: 8000)
    BooksService()
}

await system.main()
