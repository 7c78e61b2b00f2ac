"""Makes the question sets of `quality` from documentation that nobody here wrote.

English: FAQ, tutorial and how-tos of Python (Debian package python3.11-doc). Chinese: the Debian FAQ
(debian-faq-zh-cn). A heading that is a question becomes one and is hidden; the section below it answers it.
"""

import argparse
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.tables import console

_PARTS = ("faq", "tutorial", "howto")
_NUMBER = re.compile(r"^(?:第 \d+ 章|\d+(?:\.\d+)*\.?)\s*")
_HEADING = re.compile(r"h[1-6]")
_SKIPPED = frozenset({"toc", "contents", "navheader", "navfooter", "titlepage"})

_OFF_EN = """What is the capital of Mongolia?|How do I bake sourdough bread?
Who won the 1998 football World Cup?|What are the symptoms of iron deficiency?
How does photosynthesis work?|When did the Roman Empire fall?
How many bones are in the human body?|What is the best way to remove a coffee stain?|How is cheese made?
Which composer wrote the Moonlight Sonata?|How do volcanoes form?|What causes inflation in an economy?
How far is the Moon from the Earth?|Why do cats purr?|What is the offside rule in soccer?
How do I propagate a rose from cuttings?|Who painted the Mona Lisa?|What is the boiling point of ethanol?
How long should I boil an egg?|What treaty ended the First World War?|What vitamins are in spinach?
Which river flows through Vienna?|How does a mortgage work?|Why is the sea salty?|How tall is Mount Everest?
What did Darwin discover on the Galapagos islands?|What is the difference between weather and climate?
How do I train a puppy to sit?|Who was the first woman in space?|What are the ingredients of pesto?
How do tides arise?|What is the function of the liver?|Which planets have rings?|How is steel produced?
How do I change a bicycle tyre?|What is the plot of Hamlet?|When is the best time to plant tomatoes?
How does a vaccine protect against disease?|What language is spoken in Brazil?
What are the rules of chess castling?"""
_OFF_ZH = """蒙古国的首都是哪里？|怎样烤面包？|1998 年世界杯谁赢了？|缺铁有什么症状？|光合作用是怎样进行的？
罗马帝国什么时候灭亡的？|人体有多少块骨头？|怎样去除衣服上的咖啡渍？|《月光奏鸣曲》是谁写的？|火山是怎样形成的？
什么导致通货膨胀？|月球离地球有多远？|猫为什么会打呼噜？|足球越位规则是什么？|玫瑰怎样扦插？|《蒙娜丽莎》是谁画的？
酒精的沸点是多少？|鸡蛋要煮多久？|第一次世界大战是由哪个条约结束的？|奶酪是怎样做的？|菠菜含有哪些维生素？
哪条河流经维也纳？|房贷利息怎样计算？|海水为什么是咸的？|达尔文在加拉帕戈斯群岛发现了什么？|珠穆朗玛峰有多高？
天气和气候有什么不同？|怎样训练小狗坐下？|第一位进入太空的女性是谁？|麻婆豆腐的做法是什么？|潮汐是怎么来的？
肝脏的功能是什么？|哪些行星有光环？|怎样更换自行车轮胎？|《红楼梦》讲了什么故事？|西红柿什么时候种最好？
疫苗怎样预防疾病？|巴西人说什么语言？|钢铁是怎样冶炼的？|围棋的规则是什么？"""

Paragraph = dict[str, Any]


def main() -> None:
    """Read the installed documentation, or what was unpacked elsewhere, and write two files."""
    parser = argparse.ArgumentParser(prog="python -m bench.library sets")
    parser.add_argument("--doc", type=Path, default=Path("/usr/share/doc"), help="where the packages lie")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    python = [options.doc / "python3.11/html" / part for part in _PARTS]
    english = [_article(path, "body") for folder in python for path in sorted(folder.glob("*.html"))]
    debian = sorted((options.doc / "debian/FAQ/zh-cn").glob("*.zh-cn.html"))
    chinese = [_article(path, "chapter") for path in debian]
    for name, articles, off in (
        ("python-faq-en", english, _OFF_EN),
        ("debian-faq-zh", chinese, _OFF_ZH),
    ):
        data = [article for article in articles if article["paragraphs"]]
        questions = sum(len(paragraph["qas"]) for article in data for paragraph in article["paragraphs"])
        off_topic = re.split(r"[|\n]", off)
        asked = [{"id": f"off-{n}", "question": q, "is_impossible": True} for n, q in enumerate(off_topic)]
        data.append({"title": "Other things", "paragraphs": [{"context": "", "qas": asked}]})
        path = options.out / f"{name}.json"
        path.write_text(json.dumps({"version": "1", "data": data}, ensure_ascii=False, indent=1), "utf-8")
        console.print(f"{path}: {questions} questions, {len(off_topic)} about other things")


def _article(path: Path, division: str) -> Paragraph:
    from lxml import html

    found = html.parse(str(path)).getroot().xpath(f"//div[@class='{division}']")
    if not found or path.stem.startswith("index"):
        return {"title": path.stem, "paragraphs": []}
    top = found[0] if division == "chapter" else found[0].xpath("./section")[0]
    faq = division == "chapter" or path.parent.name == "faq"
    return {"title": _heading(top), "paragraphs": list(_sections(top, (), path.stem, faq=faq))}


def _sections(section: Any, above: tuple[str, ...], name: str, *, faq: bool) -> Iterator[Paragraph]:
    """One paragraph for each section; what stands below a question of Python's FAQ belongs to its answer."""
    title = _heading(section)
    inside = [child for child in section if _is_section(child)]
    asks = faq and bool(above) and title.endswith(("?", "？"))
    whole = asks and section.tag == "section"
    blocks = list(_blocks(section))
    if whole:
        blocks += [
            block for child in section.iter("section") if child is not section for block in _blocks(child)
        ]
    if blocks:
        path = above if asks else (*above, title)
        qas = [{"id": f"{name}-{title}", "question": title, "answers": []}] if asks else []
        yield {"heading": " › ".join(path[1:]), "context": "\n\n".join(blocks), "qas": qas}
    if not whole:
        for child in inside:
            yield from _sections(child, (*above, title), name, faq=faq)


def _blocks(element: Any) -> Iterator[str]:
    """Text of paragraphs, items and listings in order, without sections inside and without contents lists."""
    for child in element:
        if not isinstance(child.tag, str) or _is_section(child) or _HEADING.fullmatch(child.tag):
            continue
        if _SKIPPED & set((child.get("class") or "").split()) or child.tag in ("nav", "script", "style"):
            continue
        if child.tag == "pre":
            yield child.text_content().strip("\n")
        elif child.tag in ("p", "dt", "td", "th") or not len(child):
            words = " ".join(child.text_content().replace("¶", "").split())
            if words:
                yield words
        else:
            yield from _blocks(child)


def _is_section(element: Any) -> bool:
    return element.tag == "section" or element.get("class") == "section"


def _heading(section: Any) -> str:
    found = [child for child in section if isinstance(child.tag, str) and _HEADING.fullmatch(child.tag)]
    found += section.xpath("./div[@class='titlepage']//*[self::h1 or self::h2 or self::h3 or self::h4]")
    words = " ".join(found[0].text_content().replace("¶", "").split()) if found else ""
    return _NUMBER.sub("", words)


if __name__ == "__main__":
    main()
