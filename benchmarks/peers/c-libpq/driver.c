/* The peer libpq in its pipeline mode: two threads, each with half of the connections and its callers. A caller is a place in a connection's
   pipeline: as soon as its answer has come, its next statement is sent.
   usage: driver URL row|transaction CALLERS SECONDS. Prints how many were done, in how many seconds, and the processor time that they took. */
#include <arpa/inet.h>
#include <libpq-fe.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { CONNECTIONS = 8, THREADS = 2, MOST = 64, INT4 = 23 };

struct pipeline {
    PGconn *connection;
    int callers;
    uint32_t asked[MOST]; /* The keys of the rows that are on their way, the oldest at `first`. */
    unsigned first, count;
};

struct worker {
    pthread_t thread;
    struct pipeline pipelines[CONNECTIONS / THREADS];
    unsigned seed;
    long done;
};

static const char *url;
static int is_transaction;
static double end;

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static double processor(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void fail(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}

static void need(int is_right, PGconn *connection)
{
    if (!is_right)
        fail("libpq", PQerrorMessage(connection));
}

static void prepare(PGconn *connection, const char *name, const char *statement)
{
    Oid types[] = { INT4 };
    PGresult *result = PQprepare(connection, name, statement, 1, types);
    need(PQresultStatus(result) == PGRES_COMMAND_OK, connection);
    PQclear(result);
}

static void connect_to(struct pipeline *pipeline)
{
    PGconn *connection = pipeline->connection = PQconnectdb(url);
    need(PQstatus(connection) == CONNECTION_OK, connection);
    prepare(connection, "row", "SELECT id, number FROM world WHERE id = $1");
    prepare(connection, "increment", "UPDATE world SET number = number + 1 WHERE id = $1");
    PQclear(PQprepare(connection, "begin", "BEGIN", 0, NULL));
    PQclear(PQprepare(connection, "commit", "COMMIT", 0, NULL));
    need(PQsetnonblocking(connection, 1) == 0 && PQenterPipelineMode(connection), connection);
}

static void send_with(PGconn *connection, const char *name, uint32_t id)
{
    uint32_t wire = htonl(id);
    const char *values[] = { (const char *)&wire };
    const int lengths[] = { sizeof wire }, formats[] = { 1 };
    need(PQsendQueryPrepared(connection, name, 1, values, lengths, formats, 1), connection);
}

static void send_bare(PGconn *connection, const char *name)
{
    need(PQsendQueryPrepared(connection, name, 0, NULL, NULL, NULL, 1), connection);
}

/* One caller's next row or transaction, up to its Sync. Two rows are written in the order of their keys. */
static void ask(struct worker *worker, struct pipeline *pipeline)
{
    uint32_t id = rand_r(&worker->seed) % 9999 + 1;
    if (is_transaction)
        send_bare(pipeline->connection, "begin");
    send_with(pipeline->connection, "row", id);
    if (is_transaction) {
        send_with(pipeline->connection, "increment", id);
        send_with(pipeline->connection, "increment", id + 1 + rand_r(&worker->seed) % (10000 - id));
        send_bare(pipeline->connection, "commit");
    }
    need(PQpipelineSync(pipeline->connection), pipeline->connection);
    pipeline->asked[(pipeline->first + pipeline->count++) % MOST] = id;
}

static void check(struct pipeline *pipeline, PGresult *result)
{
    uint32_t id;
    if (PQntuples(result) != 1)
        fail("a row", "is missing");
    memcpy(&id, PQgetvalue(result, 0, 0), sizeof id);
    if (ntohl(id) != pipeline->asked[pipeline->first])
        fail("a row", "is another one than was asked for");
}

/* Reads what has come. */
static void receive(struct worker *worker, struct pipeline *pipeline)
{
    need(PQconsumeInput(pipeline->connection), pipeline->connection);
    while (pipeline->count > 0 && !PQisBusy(pipeline->connection)) {
        PGresult *result = PQgetResult(pipeline->connection);
        if (result == NULL)
            continue; /* Between two statements. */
        ExecStatusType status = PQresultStatus(result);
        if (status == PGRES_TUPLES_OK) {
            check(pipeline, result);
        } else if (status == PGRES_PIPELINE_SYNC) {
            worker->done++;
            pipeline->first = (pipeline->first + 1) % MOST;
            pipeline->count--;
            if (now() < end)
                ask(worker, pipeline);
        } else if (status != PGRES_COMMAND_OK) {
            fail("a statement", PQresultErrorMessage(result));
        }
        PQclear(result);
    }
}

static void *work(void *argument)
{
    struct worker *worker = argument;
    enum { COUNT = CONNECTIONS / THREADS };
    struct pollfd ready[COUNT];
    for (int i = 0; i < COUNT; i++) {
        ready[i] = (struct pollfd) { .fd = PQsocket(worker->pipelines[i].connection), .events = POLLIN };
        for (int caller = 0; caller < worker->pipelines[i].callers; caller++)
            ask(worker, &worker->pipelines[i]);
    }
    for (;;) {
        int waiting = 0;
        for (int i = 0; i < COUNT; i++) {
            waiting += worker->pipelines[i].count;
            ready[i].events = PQflush(worker->pipelines[i].connection) == 1 ? POLLIN | POLLOUT : POLLIN;
        }
        if (waiting == 0)
            return NULL;
        if (poll(ready, COUNT, 10000) <= 0)
            fail("the server", "does not answer");
        for (int i = 0; i < COUNT; i++)
            if (ready[i].revents & ~POLLOUT)
                receive(worker, &worker->pipelines[i]);
    }
}

int main(int count, char **arguments)
{
    static struct worker workers[THREADS];
    if (count != 5)
        fail("usage", "driver URL row|transaction CALLERS SECONDS");
    url = arguments[1];
    is_transaction = strcmp(arguments[2], "transaction") == 0;
    int callers = atoi(arguments[3]);
    for (int i = 0; i < CONNECTIONS; i++) {
        struct pipeline *pipeline = &workers[i % THREADS].pipelines[i / THREADS];
        pipeline->callers = callers / CONNECTIONS + (i < callers % CONNECTIONS);
        if (pipeline->callers > MOST)
            fail("usage", "too many callers");
        connect_to(pipeline);
    }
    double used = processor(), began = now();
    end = began + atof(arguments[4]);
    long done = 0;
    for (int i = 0; i < THREADS; i++) {
        workers[i].seed = time(NULL) + i * 7919;
        pthread_create(&workers[i].thread, NULL, work, &workers[i]);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(workers[i].thread, NULL);
        done += workers[i].done;
    }
    printf("%ld %f %f\n", done, now() - began, processor() - used);
}
