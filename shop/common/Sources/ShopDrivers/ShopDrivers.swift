import Roost
import RoostKafka
import RoostPostgres
import RoostRabbitMQ
import RoostRedis
import RoostSQLite

extension [Driver] {
    /// What the shop's data can be kept in: files by default, or a server that a setting names.
    public static let shop: [Driver] = [.sqlite, .postgres, .redis, .rabbitMQ, .kafka]
}
