// usage: kafka-mock-cluster [BROKERS]
// Runs librdkafka's mock cluster. The first line of the output is the list of its brokers; then each line of the input is a command, answered by a
// line: "ok", or "error" and a reason. It ends with its input.

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS 64

static rd_kafka_mock_cluster_t *cluster;

static int number(const char *word) { return atoi(word); }

// error API CODE...: answers the next requests of an API with these codes; -195 cuts the connection.
static rd_kafka_resp_err_t push_errors(char **words, int count) {
    rd_kafka_resp_err_t errors[WORDS];
    for (int i = 2; i < count; i++) errors[i - 2] = (rd_kafka_resp_err_t)number(words[i]);
    rd_kafka_mock_push_request_errors_array(cluster, (int16_t)number(words[1]), (size_t)(count - 2), errors);
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

static int is(char **words, int count, const char *name, int arguments) { return strcmp(words[0], name) == 0 && count == arguments + 1; }

// Runs a command.
// Returns whether there is such a command.
static int run(char **words, int count, rd_kafka_resp_err_t *result) {
    if (strcmp(words[0], "error") == 0 && count >= 3) {
        *result = push_errors(words, count);
    } else if (is(words, count, "clear", 1)) {
        rd_kafka_mock_clear_request_errors(cluster, (int16_t)number(words[1]));
    } else if (is(words, count, "late", 4)) {
        // late BROKER API CODE MILLISECONDS: answers the next request of an API after a time.
        *result = rd_kafka_mock_broker_push_request_error_rtts(
            cluster, number(words[1]), (int16_t)number(words[2]), 1, (rd_kafka_resp_err_t)number(words[3]), number(words[4]));
    } else if (is(words, count, "down", 1)) {
        *result = rd_kafka_mock_broker_set_down(cluster, number(words[1]));
    } else if (is(words, count, "up", 1)) {
        *result = rd_kafka_mock_broker_set_up(cluster, number(words[1]));
    } else if (is(words, count, "rtt", 2)) {
        *result = rd_kafka_mock_broker_set_rtt(cluster, number(words[1]), number(words[2]));
    } else if (is(words, count, "leader", 3)) {
        *result = rd_kafka_mock_partition_set_leader(cluster, words[1], number(words[2]), number(words[3]));
    } else if (is(words, count, "coordinator", 2)) {
        *result = rd_kafka_mock_coordinator_set(cluster, "group", words[1], number(words[2]));
    } else if (is(words, count, "topic", 2)) {
        *result = rd_kafka_mock_topic_create(cluster, words[1], number(words[2]), 1);
    } else if (is(words, count, "topic-error", 2)) {
        rd_kafka_mock_topic_set_error(cluster, words[1], (rd_kafka_resp_err_t)number(words[2]));
    } else {
        return 0;
    }
    return 1;
}

static void answer(char *line) {
    char *words[WORDS];
    int count = 0;
    for (char *word = strtok(line, " \n"); word && count < WORDS; word = strtok(NULL, " \n")) words[count++] = word;
    rd_kafka_resp_err_t result = RD_KAFKA_RESP_ERR_NO_ERROR;
    if (count == 0 || !run(words, count, &result)) {
        printf("error there is no such command\n");
    } else if (result != RD_KAFKA_RESP_ERR_NO_ERROR) {
        printf("error %s\n", rd_kafka_err2str(result));
    } else {
        printf("ok\n");
    }
    fflush(stdout);
}

int main(int count, char **arguments) {
    char error[512], line[1024];
    rd_kafka_conf_t *settings = rd_kafka_conf_new();
    rd_kafka_conf_set(settings, "client.id", "mock", NULL, 0);
    rd_kafka_t *client = rd_kafka_new(RD_KAFKA_PRODUCER, settings, error, sizeof(error));
    if (!client) {
        fprintf(stderr, "kafka-mock-cluster: %s\n", error);
        return 1;
    }
    cluster = rd_kafka_mock_cluster_new(client, count > 1 ? number(arguments[1]) : 3);
    if (!cluster) {
        fprintf(stderr, "kafka-mock-cluster: the cluster cannot be created\n");
        return 1;
    }
    printf("%s\n", rd_kafka_mock_cluster_bootstraps(cluster));
    fflush(stdout);
    while (fgets(line, sizeof(line), stdin)) answer(line);
    rd_kafka_mock_cluster_destroy(cluster);
    rd_kafka_destroy(client);
    return 0;
}
