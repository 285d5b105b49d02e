"""GPT-2's tokeniser for Hugging Face transformers, from the vocabulary in tiktoken's format.

The same tokens as `AutoTokenizer.from_pretrained("gpt2")`, without a download. A file in that format has each token's
bytes and its rank; Hugging Face's wants the pair that each token is merged from.
"""

import base64

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast
from transformers.models.gpt2.tokenization_gpt2 import bytes_to_unicode

END_OF_TEXT = "<|endoftext|>"


def load(path, max_tokens):
    ranks = {}
    with open(path, "rb") as file:
        for line in file:
            token, rank = line.split()
            ranks[base64.b64decode(token)] = int(rank)
    letters = bytes_to_unicode()

    def name(token):
        return "".join(letters[byte] for byte in token)

    merges = [tuple(map(name, pair(ranks, token))) for token in sorted(ranks, key=ranks.get) if len(token) > 1]
    tokenizer = Tokenizer(models.BPE({name(token): rank for token, rank in ranks.items()}, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(END_OF_TEXT, special=True)])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        eos_token=END_OF_TEXT,
        pad_token=END_OF_TEXT,
        padding_side="right",
        model_max_length=max_tokens,
    )


def pair(ranks, token):
    """What a token is merged from last: the two parts that are left when only earlier merges are done."""
    parts = [token[i:i + 1] for i in range(len(token))]
    while len(parts) > 2:
        best = min(range(len(parts) - 1), key=lambda i: ranks.get(parts[i] + parts[i + 1], len(ranks)))
        parts[best:best + 2] = [parts[best] + parts[best + 1]]
    return parts
