#ifndef ROOST_CKAFKA_SHIM_H
#define ROOST_CKAFKA_SHIM_H

#include <librdkafka/rdkafka.h>
#include <string.h>

// Swift cannot call the variadic rd_kafka_producev.

// Adds a record to the producer's queue, with copies of `key` and `value`. `headers` belong to librdkafka if this succeeds, and otherwise to the
// caller. `number` comes back with the delivery report. `topic` need not end with a zero.
static inline rd_kafka_resp_err_t roost_kafka_produce(
    rd_kafka_t *producer, const void *topic, size_t topic_size, const void *key, size_t key_size, const void *value, size_t value_size,
    rd_kafka_headers_t *headers, void *number) {
    // The longest name of a topic has 249 bytes.
    char name[250];
    if (topic_size >= sizeof name) return RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION;
    memcpy(name, topic, topic_size);
    name[topic_size] = 0;
    return rd_kafka_producev(
        producer, RD_KAFKA_V_TOPIC(name), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_KEY(key, key_size),
        RD_KAFKA_V_VALUE((void *)value, value_size), RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_OPAQUE(number),
        RD_KAFKA_V_END);
}

#endif
