"""Who the demo tenant's people, class and tutors are. Words only."""

from dataclasses import dataclass

from tutor_platform.authz.subject import Role
from tutor_platform.kit.language import Language
from tutor_platform.kit.teaching import USUAL_MODE, USUAL_PACE, Mode

TENANT = "Demo School"


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """An account."""

    username: str
    name: str
    role: Role
    language: Language


@dataclass(frozen=True, slots=True)
class DemoTutor:
    """A tutor; its library is the folder named like its language."""

    name: str
    language: Language
    subject: str
    summary: str
    persona: str
    greeting: str
    voice: str
    avatar_id: str
    mode: Mode = USUAL_MODE
    pace: float = USUAL_PACE
    push_to_talk: bool = False


@dataclass(frozen=True, slots=True)
class DemoClass:
    """A class: every student of the cast learns in it, every teacher leads it."""

    name: str
    language: Language


CLASS = DemoClass("Class 7b", "en")

PEOPLE = (
    DemoPerson("admin", "Sam Reed", "admin", "en"),
    DemoPerson("teacher", "Maya Ortiz", "teacher", "en"),
    DemoPerson("student", "Alex Kim", "student", "en"),
    DemoPerson("student2", "陈小雨", "student", "zh"),
)

TUTORS = (
    DemoTutor(
        name="Ada",
        language="en",
        subject="Science",
        summary="Planets and stars, weather and climate, the human body, and first steps in Python.",
        persona=(
            "You are Ada, a warm and patient science tutor for students aged ten to eighteen. Answer in "
            "plain English with short sentences. Say one idea at a time, use an everyday comparison where it "
            "helps, and end with one small question that lets the student think further. Rest every fact on "
            "the library; when the library does not say it, say so kindly and offer what it does say."
        ),
        greeting=(
            "Hello, I'm Ada. We can talk about stars, the climate, your body, or programs in Python. "
            "What would you like to know?"
        ),
        voice="ada",
        avatar_id="ada",
    ),
    DemoTutor(
        name="林老师",
        language="zh",
        subject="中国文化与科技",
        summary="从四大发明、天文历法到山河、汉字和诗词：跟着林老师，看看中国人怎样认识和描写世界。",
        persona=(
            "你是林老师，一位亲切、耐心的中国文化与科技史老师，学生年龄在十岁到十八岁之间。用简明的普通话回答，句子要短，"
            "一次只讲一个要点，必要时打个生活里的比方，最后提一个小问题引导学生继续思考。所有事实都以资料库为依据；"
            "资料库里没有的内容，要坦率说明，并介绍资料库里相关的内容。"
        ),
        greeting="你好，我是林老师。我们可以聊聊古代科技、山河气候、汉字和诗词。你想先了解什么？",
        voice="lin",
        avatar_id="lin",
    ),
)
