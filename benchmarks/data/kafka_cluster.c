// A mock cluster of librdkafka with one broker, in memory. Prints its address, and ends when its standard input does.
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

// usage: cluster TOPIC PARTITIONS …
int main(int count, char **words) {
  char fault[512], byte;
  rd_kafka_t *client = count % 2 ? rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), fault, sizeof fault) : NULL;
  rd_kafka_mock_cluster_t *cluster = client ? rd_kafka_mock_cluster_new(client, 1) : NULL;
  int topic = 1;
  while (cluster && topic < count && !rd_kafka_mock_topic_create(cluster, words[topic], atoi(words[topic + 1]), 1)) {
    topic += 2;
  }
  if (topic < count) {
    fputs("the mock cluster cannot be made\n", stderr);
    return 1;
  }
  puts(rd_kafka_mock_cluster_bootstraps(cluster));
  fflush(stdout);
  while (read(STDIN_FILENO, &byte, 1) > 0) {
  }
  rd_kafka_mock_cluster_destroy(cluster);
  rd_kafka_destroy(client);
}
