"""Texts and their tokens by PyPI's `tiktoken`, the reference of `BytePairTokenizer`.

    python Tools/golden/tokens.py GPT2.tiktoken            writes Tests/Fixtures/tokens
    python Tools/golden/tokens.py GPT2.tiktoken --fuzz F   writes F.texts and F.tokens, to compare by a program

The small set of ranks is trained here, so that a test needs no file of GPT-2's.
"""

import base64
import collections
import json
import random
import sys
from pathlib import Path

import tiktoken

PATTERN = r"""'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"""
FOLDER = Path(__file__).resolve().parents[2] / "Tests/Fixtures/tokens"

TEXTS = [
    "", " ", "  ", "\n", "a", "'", "''", "Hello world", " Hello  world ", "hello\n\nworld\n",
    "I'll we've they're he's I'm you'd can't", "I'LL WE'VE THEY'RE HE'S", "''s '' 's 'l 'll 'v 'r 're'", "don''t", "'tis",
    "x' y", "a's's's", " 's", "  's", "it's  's", "rock 'n' roll", "\u2019s don\u2019t",
    "a b  c   d    e     f", "   leading", "trailing   ", "tab\there\t\tand\t \tthere", "line\r\nline\r\n\r\nline",
    "\u00a0nbsp\u00a0 \u00a0x", "\u2003em\u2003 space", "\u3000full\u3000\u3000width", "a\u200bb zero\u200dwidth",
    "\u2028line\u2029paragraph", "\x0b\x0c vertical", "\x85next\x85\x85line", "\x1c\x1d\x1e\x1f separators", "\x00\x01\x02",
    "0 1 12 123 1234 12345678901234567890", "3.14159 1,000,000 1e-5 0x1F", "½ ⅓ Ⅷ ② ٣٤ १२ ๓ 五 〇 ㊿", "a1b2c3 1a2b3c",
    "x = [i**2 for i in range(10)]  # squares", "if (a<b && c>=d) { return *p++; }", "https://example.org/a?b=c&d=%20#e",
    "<|endoftext|>", "a<|endoftext|>b <|endoftext|>", "\u00e9 e\u0301 \u00c5 \u212b A\u030a", "Stra\u00dfe na\u00efve fa\u00e7ade",
    "Привет, мир! Как дела?", "Γειά σου Κόσμε", "שלום עולם", "مرحبا بالعالم ١٢٣", "नमस्ते दुनिया", "สวัสดีชาวโลก", "你好，世界！这是一个测试。",
    "こんにちは世界。カタカナ ｶﾀｶﾅ", "안녕하세요 세계", "ᚠᛇᚻ ᛒᛦᚦ", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𝟘𝟙𝟚 𐍈 𠀋", "🙂", "👩‍👩‍👧‍👦 👍🏽 🇩🇪 ❤️ 🏳️‍🌈", "a🙂b 🙂 🙂🙂", "\ufeffbom", "\ufffd \uffff \U0010ffff",
    # New in Unicode 17, which tiktoken 0.14 does not know.
    "ji\U0003337d's've", "e\U000323e2'd \ua7d2'd1\u088f'll \U000323e0\U0003241bx",
    "\u0378 unassigned \ue000 private", "\u02b0\u02c0 modifiers ªº", "\u0301\u0302 marks first", "ा vowel sign", "a\u0300\u0301\u0302\u0303z",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", " " * 70, "\n" * 33, "ab" * 50, "-" * 100 + "=" * 50,
    "antidisestablishmentarianism pneumonoultramicroscopicsilicovolcanoconiosis", "SolidGoldMagikarp petertodd",
    "$100 €5 £3.50 ¥1000 50% #1 @you", "“quotes” ‘single’ «guillemets» … — –", "∑∫√∞≈≠≤≥ αβγ", "¿Qué? ¡Sí!", "\t\tindent:\n\t\t\tdeep  \n",
]


def encoding(name: str, ranks: dict[bytes, int]) -> tiktoken.Encoding:
    return tiktoken.Encoding(
        name=name, pat_str=PATTERN, mergeable_ranks=ranks, special_tokens={"<|endoftext|>": len(ranks)}
    )


def read_ranks(path: str) -> dict[bytes, int]:
    lines = Path(path).read_bytes().splitlines()
    return {base64.b64decode(token): int(rank) for token, rank in (line.split() for line in lines if line)}


def train(texts: list[str], merges: int) -> dict[bytes, int]:
    """Byte pairs by number of occurrences within words, the first of equals."""
    # The bytes in an order that is not theirs, as GPT-2 has it too.
    ranks = {bytes([byte]): place for place, byte in enumerate([*range(33, 127), *range(0, 33), *range(127, 256)])}
    words = collections.Counter(word for text in texts for word in text.replace(" ", "\0 ").split("\0"))
    parts = {word: [bytes([byte]) for byte in word.encode()] for word in words}
    for _ in range(merges):
        pairs: collections.Counter[tuple[bytes, bytes]] = collections.Counter()
        for word, count in words.items():
            for pair in zip(parts[word], parts[word][1:]):
                pairs[pair] += count
        pairs = collections.Counter({pair: count for pair, count in pairs.items() if pair[0] + pair[1] not in ranks})
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        ranks[best[0] + best[1]] = len(ranks)
        for word, part in parts.items():
            merged, place = [], 0
            while place < len(part):
                if tuple(part[place : place + 2]) == best:
                    merged.append(part[place] + part[place + 1])
                    place += 2
                else:
                    merged.append(part[place])
                    place += 1
            parts[word] = merged
    return ranks


def random_text(generator: random.Random) -> str:
    pools = [
        lambda: chr(generator.randrange(32, 127)),
        lambda: generator.choice(" \t\n\r\u00a0\u2003\u3000\x85\x1f\u200b"),
        lambda: generator.choice(["'s", "'ll", "'ve", "'re", "'", "'t", "'d", "'m", "'S"]),
        lambda: generator.choice("0123456789½²٣Ⅷ"),
        lambda: chr(generator.randrange(0xE000, 0x110000)),
        lambda: chr(generator.randrange(0xD800)),
        lambda: chr(generator.randrange(0x80, 0x3000)),
        lambda: generator.choice(TEXTS),
        lambda: generator.choice("abcdefghij "),
    ]
    weights = [generator.random() ** 3 for _ in pools]
    return "".join(pool() for pool in generator.choices(pools, weights, k=generator.randrange(60)))


def fuzz(gpt2: tiktoken.Encoding, target: str) -> None:
    generator = random.Random(1)
    texts = [chr(value) for value in [*range(0xD800), *range(0xE000, 0x110000)]]
    # All of Unicode, each scalar beside each kind of neighbour.
    texts = ["".join(f"a{c}1{c}, {c} {c}{c}\n{c}" for c in texts[start : start + 64]) for start in range(0, len(texts), 64)]
    texts += [random_text(generator) for _ in range(100_000)]
    texts += [character * count for character in ["a", " ", "\n", "1", "é", "=", "ab"] for count in (1000, 4000)]
    with open(target + ".texts", "wb") as file:
        for text in texts:
            file.write(len(text.encode()).to_bytes(4, "little") + text.encode())
    with open(target + ".tokens", "w") as file:
        file.writelines(f"{gpt2.encode_ordinary(text)}\n" for text in texts)


def main() -> None:
    gpt2 = encoding("gpt2", read_ranks(sys.argv[1]))
    if "--fuzz" in sys.argv:
        return fuzz(gpt2, sys.argv[-1])
    ranks = train(TEXTS, 300)
    small = encoding("small", ranks)
    FOLDER.mkdir(exist_ok=True)
    with open(FOLDER / "small.tiktoken", "w") as file:
        file.writelines(f"{base64.b64encode(token).decode()} {rank}\n" for token, rank in ranks.items())
    cases = [
        {"text": text, "small": small.encode_ordinary(text), "gpt2": gpt2.encode_ordinary(text)} for text in TEXTS
    ]
    with open(FOLDER / "tokens.json", "w") as file:
        lines = ",\n".join(json.dumps(case) for case in cases)
        file.write(f'{{"tiktoken": "{tiktoken.__version__}", "cases": [\n{lines}\n]}}\n')


if __name__ == "__main__":
    main()
