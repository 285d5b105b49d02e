"""A consumer, a classifier and a producer, at least once: the loop around each of the peers.

Where to read and to write stands in the environment, as `smsieve benchmark stream --help` says.
"""

import json
import os
import signal

from confluent_kafka import Consumer, KafkaException, Producer


def setting(name):
    value = os.environ.get("BENCHMARK_" + name)
    if value is None:
        raise SystemExit(f"BENCHMARK_{name}: not set (expected: to be run by smsieve benchmark stream --app)")
    return value


def run(classify, batch_size):
    """Reads, classifies and writes until SIGTERM.

    classify: a list of texts to a list of {label: probability}, in that order.
    batch_size: the most messages of a call; fewer where no more are there, since nobody waits for company.
    """
    running = True

    def stop(*_):
        nonlocal running
        running = False

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    servers = setting("BOOTSTRAP_SERVERS")
    prefix = setting("OUTPUT_TOPIC_PREFIX")
    consumer = Consumer({
        "bootstrap.servers": servers,
        "group.id": setting("GROUP"),
        "auto.offset.reset": "earliest",
        "enable.auto.commit": False,
        # A slow classifier is not a dead one.
        "max.poll.interval.ms": 600_000,
    })
    producer = Producer({"bootstrap.servers": servers, "acks": "all", "linger.ms": 0})
    failures = []

    def delivered(error, _):
        if error is not None:
            failures.append(error)

    consumer.subscribe([setting("INPUT_TOPIC")])
    while running:
        messages = [message for message in [consumer.poll(0.5)] if message is not None]
        if messages and batch_size > 1:
            messages += consumer.consume(batch_size - 1, timeout=0)
        for message in messages:
            if message.error():
                raise KafkaException(message.error())
        if not messages:
            continue
        texts = [message.value().decode("utf-8") for message in messages]
        for message, text, scores in zip(messages, texts, classify(texts), strict=True):
            label = max(scores, key=scores.get)
            value = json.dumps({"text": text, "label": label, "scores": scores}, ensure_ascii=False)
            producer.produce(prefix + label, key=message.key(), value=value.encode("utf-8"), on_delivery=delivered)
        # Only what has been written is committed as read.
        producer.flush()
        if failures:
            raise KafkaException(failures[0])
        consumer.commit(asynchronous=True)
    consumer.close()
