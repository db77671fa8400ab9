"""Opens the database of the settings."""

from recommendations.availability import Availability
from recommendations.backoff import Backoff
from recommendations.storage.postgres import PostgresStorage
from recommendations.storage.sqlite import SQLiteStorage
from recommendations.storage.storage import Storage, StorageUnavailable
from recommendations.storage.url import StorageURL


async def open_storage(url: StorageURL) -> Storage:
    """Opens the database, and waits until that is possible. Raises a `ConfigurationError` if it never will be."""
    storage = PostgresStorage(url.postgres, url.key) if url.postgres else SQLiteStorage(url.path, url.key)
    availability, backoff = Availability("the database"), Backoff()
    while True:
        try:
            await storage.open()
            availability.worked()
            return storage
        except StorageUnavailable as error:
            availability.failed(error)
            await backoff.pause()
