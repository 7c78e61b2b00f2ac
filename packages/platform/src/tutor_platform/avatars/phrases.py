"""Words chosen at random, to be read aloud: proof that a recording was made for this face.

Four of forty words make two million phrases, and each is good for minutes only.
"""

import secrets

from tutor_platform.kit.language import Language

WORDS = 4

_ENGLISH = str.split(
    "amber anchor apple autumn basket bridge candle canyon cherry copper cotton cradle dolphin ember "
    "falcon feather forest garden granite harbour honey island ivory jasmine lantern lemon maple "
    "marble meadow mirror orchard paper pebble river saddle silver thunder velvet willow winter"
)
_CHINESE = str.split(
    "春风 夏雨 秋月 冬雪 青山 绿水 白云 红日 晨露 晚霞 松树 竹林 梅花 兰草 荷叶 菊花 "
    "桃李 柳枝 海浪 江河 湖光 石桥 木船 灯塔 书房 纸鸢 铜钟 瓷碗 茶香 稻田 麦浪 飞鸟 "
    "游鱼 骏马 蝴蝶 蜻蜓 星空 彩虹 沙滩 雪山"
)


def phrase(language: Language) -> str:
    """Words nobody knows before."""
    words = _CHINESE if language == "zh" else _ENGLISH
    chosen: list[str] = []
    while len(chosen) < WORDS:
        word = secrets.choice(words)
        if word not in chosen:
            chosen.append(word)
    return ("、" if language == "zh" else " ").join(chosen)
