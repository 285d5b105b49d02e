"""Token ids of many strings, by tiktoken and by Hugging Face tokenizers.

Usage: python make_token_ids.py --vocabulary DIR OUTPUT

DIR holds encoder.json and vocab.bpe as published with GPT-2 (checked by sha256). Writes token-ids.json into OUTPUT:
[{"text": …, "ids": [id, …]}, …], ASCII-escaped. All text is ordinary text, `<|endoftext|>` too: the ids are
those of tiktoken's encode_ordinary, and the script fails where transformers' tokeniser disagrees.
"""

import argparse
import json
import os
import random
import unicodedata
from pathlib import Path

os.environ["TIKTOKEN_CACHE_DIR"] = ""  # tiktoken would keep a copy of local files too

import tiktoken
from tiktoken.load import data_gym_to_mergeable_bpe_ranks
from tiktoken_ext.openai_public import r50k_pat_str
from transformers import GPT2TokenizerFast

VOCAB_BPE_SHA256 = "1ce1664773c50f3e0cc8842619a93edc4624525b728b188a9e0be33b7726adc5"
ENCODER_JSON_SHA256 = "196139668be63f3b5d6574427317ae82f612a97c5d1cdaf36ed2256dbf636783"
END_OF_TEXT = "<|endoftext|>"

KNOWN = {
    "This is the first text message": [1212, 318, 262, 717, 2420, 3275],
    "Do you have time": [5211, 345, 423, 640],
}

MESSAGES = [
    "Hey, are we still on for dinner tonight? Let me know!",
    "CONGRATULATIONS!! Your number has won a £750 voucher. Ring 0909 8790123 today, quote code ZX901.",
    "Okey... c u l8r, gonna b late 4 the film :-)",
    "Txt STOP 2 60999 to end. 150p/msg, T&C's apply. 18+ only",
    "Sorry, I'll ring you back at six.",
    "URGENT! Your mobile no. +44 (0)7700 900-117 was awarded €2,000.00 - reply CLAIM",
    "i dont think so... hmm... ok!!!! lol :P xxx",
    "Happy b'day mum! Love, J. xoxo",
    "Meet @ 7:30pm, gate #4 (north side); bring $5 & 2 tickets",
    "Your OTP is 493021. Do NOT share it. Valid 10 min.",
    "\"Quoted\" and 'single quoted' and `back ticks`",
    "C:\\Users\\sms\\inbox.txt \\n is not a newline",
    "a", "A", " ", "", "0", "?", "ok", " ok", "ok ", " ok ",
]
APOSTROPHES = [
    "I'm he's she'd they'll we've you're can't", "I'M HE'S SHE'D THEY'LL WE'VE YOU'RE CAN'T",
    "I’m he’s she’d they’ll we’ve you’re can’t", "'s", "'t", "'re", "'ve", "'m", "'ll", "'d", " 's", "''s", "'sss",
    "it''s", "it's's", "'", "''", "x'", "'x", "' s", "rock 'n' roll", "the '90s", "dogs' 'em", "l'été d'un an",
    "'S 'T 'RE 'Ve 'lL", "ʼs ‘s’ ‛s ′s", "1's 2'll !'re", "\t's", "'ſ",
]
SPACES = [
    "  ", "   ", " " * 17, "a  b", "a   b    c", "  leading", "trailing  ", "   both   ", "\n", "\n\n", "\n\n\n", "\t",
    "\t\t", "\t \t", "a\tb", "a\t\tb", "a\nb", "a\n\nb", "a\n \nb", "a \n b", "\r\n", "a\r\nb\r\n", "a\rb", "line\n",
    "\n line", " \n", "  \n  ", "x \t\n\r\x0b\x0c y", "end.  Next", "! !  !", "  'll", "   1", "  1  ", "a \u00a0b",
    "\u00a0", "a\u00a0b", "a\u00a0\u00a0b", "\u00a0a", " \u00a0 a", "10\u202f000", "\u3000全角\u3000空白",
    "\u0085next\u0085", "a\u0085b \u0085 c", "a\u2028b\u2029c", "\u1680ogham\u1680", "\u180emvs\u180e",
    "".join(map(chr, range(0x2000, 0x200B))), "x\u2003\u2003y", "\u205fz\u205f ", "\x1c\x1d\x1e\x1f a \x1c b", " \x1f ",
]
INVISIBLES = [
    "zero\u200bwidth", "\u200b", "a\u200cb\u200dc", "\u2060joined\u2060", "\ufeffBOM first", "mid\ufeffBOM", "\ufeff",
    "\ufeff\ufeff", "soft\u00adhyphen", "\u200fright\u200eleft", "\u202eoverride\u202c", "\u2066isolate\u2069",
    "\ue000\uf8ff private", "\U000f0000 \U0010fffd plane 15, 16", "\ufffd", "\ufffd\ufffd x", "\uffff\ufffe nonchar",
    "\ufffc\ufff9", "\ufe0f", "\U000e0041\U000e007f tags", "\u034f", "\x7f", "a\x7fb", "\x80\x9f C1 \x90",
]
WRITING = [
    "Café crème à la carte, déjà vu, naïve façade", "Zürich Straße Größe ÄÖÜ ß ẞ", "¿Dónde está? ¡Aquí! mañana",
    "Łódź, żółć, Příliš žluťoučký kůň", "İstanbul ılık Iğdır", "Ærøskøbing Ålesund", "Tiếng Việt có dấu",
    "你好，世界！今天晚上一起吃饭吗？", "恭喜您中奖了!请拨打 400-123-4567", "こんにちは、元気ですか？カタカナ ひらがな", "ｱｲｳ ＡＢＣ １２３",
    "안녕하세요, 오늘 저녁 어때요?", "繁體中文簡訊", "𠮷野家 𩸽", "مرحبا، كيف حالك؟ ١٢٣٤", "السَّلَامُ عَلَيْكُمْ", "لا إله ﷺ ﻻ",
    "שלום עולם, מה שלומך?", "שָׁלוֹם", "नमस्ते, आप कैसे हैं? १२३", "क्षत्रिय श्री ज्ञ", "สวัสดีครับ ๑๒๓ ไม่เป็นไร",
    "Привет, как дела? Ёлка", "Вы выиграли 1000000 рублей!!!", "Київ їжак ґанок", "Γειά σου Κόσμε, ὦ ἄνδρες", "Հայերեն",
    "ქართული", "አማርኛ", "தமிழ் வணக்கம்", "বাংলা ১২৩", "မြန်မာ", "ភាសាខ្មែរ", "བོད་ཡིག", "ᏣᎳᎩ", "𐌰𐌱𐌲 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𝟙𝟚𝟛",
    "ﬁ ﬂ ﬃ ligature",
    "mixed עברית and English و عربي 中文", "Z̷̢̛a̸͓͒l̶͉̈g̵̰̀o̷͎̅",
]
SYMBOLS = [
    "😀", "😀😀😀", "lol 😂🤣 ok", "👨‍👩‍👧‍👦 family", "👩🏽‍💻", "🏳️‍🌈🏴‍☠️", "🇬🇧🇫🇷🇯🇵",
    "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "❤️ ❤ ♥", "1️⃣2️⃣#️⃣", "👍🏿👍", "call me 📞 now‼️", "☎✆℡", "™®©℠", "€£¥₹₽₿¢", "½ ¼ ⅓ ² ³ ₂ Ⅷ ① ⑩ ㊿", "→←↑↓⇒∞≠≤√∑",
    "“quotes” ‘single’ «guillemets» „low“",
    "– — ― … • · ‰", "⁂†‡§¶", "▀▄█░▒▓", "♪♫♬", "🀄🂡", "𝄞 music", "x²+y²=z²",
]
DIGITS = [
    "1234567890", "07700900117", "+44 7700 900117", "3.14159265358979", "1,000,000", "1e10 -5 0x1F 1st 2nd", "12:30:45",
    "2024-02-29T23:59:59Z", "0000000000", "a1b2c3", "1 2 3  4", "９９９", "٣٫١٤", "50%off", "4U2NV",
]
MARKUP = [
    "http://www.example.com/claim?id=12345&ref=sms#top", "https://bit.ly/3xYzAbC", "www.example.co.uk",
    "me@example.org",
    "HTTPS://EXAMPLE.COM/%E2%9C%93?q=a+b", "<html><body class=\"x\">Hi&nbsp;&amp; bye<br/></body></html>",
    "<script>alert('x')</script>", "{\"text\": \"json\", \"n\": [1, 2, null]}", "a,b;c\t\"d\"\n",
    "SELECT * FROM sms;--",
    "${jndi:ldap://x}", "%s %d %n {} {0}", "#hashtag @mention", "/* comment */ // -->", "==== ---- ____ ****",
    "\\u0041 \\x00 \\\\", "[INST] <s> </s> <pad> <|im_start|>",
]
SPECIALS = [
    END_OF_TEXT, END_OF_TEXT * 2, f"a{END_OF_TEXT}b", f"hello {END_OF_TEXT} world", f" {END_OF_TEXT} ",
    f"{END_OF_TEXT}\n",
    f"\n{END_OF_TEXT}", "<|endoftext", "|endoftext|>", "<|ENDOFTEXT|>", "< |endoftext| >", f"<{END_OF_TEXT}>",
    "<|startoftext|>",
]
RUNS = [
    "a" * 100, "A" * 33, "!" * 64, "." * 257, "=" * 80, "-" * 31, "0" * 50, "9" * 129, " " * 300, "\n" * 40, "\t" * 20,
    "ha" * 60, "é" * 40, "中" * 40, "😀" * 30, "\u200d" * 20, "\x00" * 10, "'" * 20, " x" * 50, "\u00a0" * 25,
]
LONG = ("Dear customer, your parcel no. 4471-GB is waiting; it's £1.99 to re-deliver. Café “Zoë” 😀 — 東京, Привет! "
        "Reply YES\tor  visit http://example.com/p?id=7\n") * 20


def random_strings(count, seed):
    """Characters of many kinds in no order: the boundaries that nobody thinks of."""
    kinds = ["abcXYZ", " ", "  \n\t", "019", "'", "'s", ".,!?-", "éñß", "e\u0301", "жЯ", "中文", "عش", "हि", "😀🏽",
    "\u200d\ufe0f",
             "\u00a0\u2003\u3000", "\x00\x1c\x85", "½٣Ⅷ", "\u200b\ufeff", END_OF_TEXT]
    generator = random.Random(seed)
    return ["".join(generator.choice(generator.choice(kinds)) for _ in range(generator.randint(3, 40)))
            for _ in range(count)]


def texts():
    controls = [chr(c) for c in range(0x20)]
    accents = [unicodedata.normalize(form, text) for text in WRITING for form in ("NFC", "NFD")]
    everything = [
        *KNOWN, *MESSAGES, *APOSTROPHES, *SPACES, *controls, *(f"a{c} b" for c in controls), "".join(controls),
        *INVISIBLES, *WRITING, *accents, *SYMBOLS, *DIGITS, *MARKUP, *SPECIALS, *RUNS,
        LONG[:2000], *random_strings(80, seed=123),
    ]
    return list(dict.fromkeys(everything))


def tiktoken_encoding(vocabulary):
    return tiktoken.Encoding(
        name="gpt2", explicit_n_vocab=50257, pat_str=r50k_pat_str, special_tokens={END_OF_TEXT: 50256},
        mergeable_ranks=data_gym_to_mergeable_bpe_ranks(
            str(vocabulary / "vocab.bpe"), str(vocabulary / "encoder.json"), VOCAB_BPE_SHA256, ENCODER_JSON_SHA256))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vocabulary", type=Path, required=True)
    parser.add_argument("output", type=Path)
    arguments = parser.parse_args()

    encoding = tiktoken_encoding(arguments.vocabulary)
    merges = (arguments.vocabulary / "vocab.bpe").read_text(encoding="utf-8").split("\n")[1:-1]
    transformers_tokeniser = GPT2TokenizerFast(
        vocab=json.loads((arguments.vocabulary / "encoder.json").read_text(encoding="utf-8")),
        merges=[tuple(merge.split()) for merge in merges])

    cases = []
    for text in texts():
        ids = encoding.encode_ordinary(text)
        assert encoding.decode(ids, errors="strict") == text
        assert ids == KNOWN.get(text, ids), text
        other = transformers_tokeniser(text, split_special_tokens=True)["input_ids"]
        assert other == ids, f"{text!r}: tiktoken {ids}, transformers {other}"
        cases.append({"text": text, "ids": ids})
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    (arguments.output / "token-ids.json").write_text(f"[\n{lines}\n]\n")
    print(f"{len(cases)} texts, {sum(len(case['ids']) for case in cases)} tokens, tiktoken and transformers agree")


if __name__ == "__main__":
    main()
