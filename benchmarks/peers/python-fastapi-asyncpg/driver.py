"""usage: driver.py URL row|transaction CALLERS SECONDS
asyncpg without a server: eight connections in two processes, or one for one caller. Prints how many were done, in how many seconds, and the
processor time that they took."""
import asyncio
import multiprocessing
import random
import sys
import time

import asyncpg
import uvloop

from app import SELECT_WORLD, Connection

INCREMENT = "UPDATE world SET number = number + 1 WHERE id = $1"


async def row(connection):
    asked = random.randint(1, 10000)
    found = await connection.fetchrow(SELECT_WORLD, asked)
    assert found["id"] == asked


async def transaction(connection):
    """In the order of the keys."""
    first, second = sorted(random.sample(range(1, 10001), 2))
    async with connection.transaction():
        found = await connection.fetchrow(SELECT_WORLD, first)
        await connection.executemany(INCREMENT, [(first,), (second,)])
    assert found["id"] == first


async def call(pool, body, end):
    done = 0
    while time.monotonic() < end:
        async with pool.acquire() as connection:
            await body(connection)
        done += 1
    return done


async def drive(url, work, callers, seconds, connections, barrier):
    body = {"row": row, "transaction": transaction}[work]
    async with asyncpg.create_pool(url, min_size=connections, max_size=connections, connection_class=Connection) as pool:
        barrier.wait()
        used, began = time.process_time(), time.monotonic()
        done = await asyncio.gather(*(call(pool, body, began + seconds) for _ in range(callers)))
        return sum(done), time.monotonic() - began, time.process_time() - used


def run(url, work, callers, seconds, connections, barrier, results):
    results.put(uvloop.run(drive(url, work, callers, seconds, connections, barrier)))


if __name__ == "__main__":
    url, work, callers, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
    processes = min(2, callers)
    results, barrier = multiprocessing.Queue(), multiprocessing.Barrier(processes)
    arguments = (url, work, callers // processes, seconds, 8 // processes, barrier, results)
    running = [multiprocessing.Process(target=run, args=arguments, daemon=True) for _ in range(processes)]
    for process in running:
        process.start()
    found = [results.get(timeout=seconds + 20) for _ in running]
    print(sum(each[0] for each in found), max(each[1] for each in found), sum(each[2] for each in found))
