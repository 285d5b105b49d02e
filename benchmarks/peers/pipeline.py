"""Hugging Face transformers' pipeline for text classification, each batch padded to its longest message."""

import argparse
import os

import torch
import torch._inductor.config
from transformers import AutoModelForSequenceClassification, pipeline

import gpt2_tokenizer
import kafka_loop


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batch", type=int, default=64, help="messages at a time; default 64")
    parser.add_argument("--bf16", action="store_true", help="bfloat16 in place of float32")
    parser.add_argument("--compile", action="store_true", help="the model by torch.compile, for all lengths at once")
    arguments = parser.parse_args()
    torch.set_num_threads(os.cpu_count())
    model = AutoModelForSequenceClassification.from_pretrained(
        kafka_loop.setting("MODEL"), dtype=torch.bfloat16 if arguments.bf16 else torch.float32
    )
    model.eval()
    tokenizer = gpt2_tokenizer.load(kafka_loop.setting("VOCABULARY"), model.config.n_positions)
    classifier = pipeline(
        "text-classification", model=model, tokenizer=tokenizer, device="cpu", top_k=None, batch_size=arguments.batch
    )
    if arguments.compile:
        # PyTorch 2.7.1 makes C++ of these checks that does not compile where there is a single message.
        torch._inductor.config.assert_indirect_indexing = False
        classifier.model.forward = torch.compile(classifier.model.forward, dynamic=True)

    def classify(texts):
        with torch.inference_mode():
            return [
                {score["label"]: score["score"] for score in scores} for scores in classifier(texts, truncation=True)
            ]

    kafka_loop.run(classify, arguments.batch)


if __name__ == "__main__":
    main()
