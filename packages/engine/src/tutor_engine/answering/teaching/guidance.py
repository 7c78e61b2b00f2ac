# ruff: noqa: E501 - instructions to a model, one a line
"""What a model is told to do next in a teaching mode, in English and Chinese. One or two sentences each."""

from tutor_engine.answering.texts import Language

_GUIDANCE: dict[str, tuple[str, str]] = {
    "simpler": (
        "The student did not understand. Explain the same thing again in simpler words with an everyday example; "
        "do not repeat your sentences.",
        "学生没有听懂。请换更简单的话，用生活中的例子再讲一遍，不要重复刚才的句子。",
    ),
    "knows": (
        "Do not answer yet. Praise the question in a few words and ask what the student already knows or thinks "
        "about it.",
        "先不要回答。简短地肯定这个问题，然后问学生对它已经知道什么、怎么想。",
    ),
    "gap": (
        "The key sentence of passage [1] is “{key}”. Do not tell it. React to what the student said in one short "
        "sentence, then have the student complete: “{gap}”.",
        "资料[1]的关键句是“{key}”，先不要说出来。用一个短句回应学生，然后请学生补全：“{gap}”。",
    ),
    "hint": (
        "The key sentence of passage [1] is “{key}”. If the student has just said it in other words, say so and ask "
        "for an example. Otherwise tell only its beginning “{half}” as a hint and ask the student to go on.",
        "资料[1]的关键句是“{key}”。如果学生刚才已经用自己的话说出来了，就肯定并请学生举例；"
        "否则只把开头“{half}”作为提示告诉学生，请学生接着说。",
    ),
    "understood": (
        "The student has found it. Say what was right, quote the key sentence “{key}” [1], and ask for an example.",
        "学生答对了。说出哪里对，引用关键句“{key}”[1]，并请学生举一个例子。",
    ),
    "reveal": (
        "The student has tried. Give the answer now from passage [1] in two short sentences, then ask for an example.",
        "学生已经试过了。现在根据资料[1]用两个短句给出答案，然后请学生举一个例子。",
    ),
    "ask": (
        "Ask exactly this question and nothing else: {item}",
        "只问这一个问题，不要说别的：{item}",
    ),
    "compare": (
        "It is not clear whether the student means {term}. Read the sentence of passage [1] aloud and ask whether they "
        "meant the same, yes or no.",
        "不确定学生说的是不是{term}。读出资料[1]里的那句话，问学生是不是这个意思。",
    ),
    "mark_right": (
        "The student's answer is right: {term}. Say so warmly in one sentence that rests on passage [1], then ask: "
        "{item}",
        "学生答对了：{term}。根据资料[1]用一句话表扬并说明，然后问：{item}",
    ),
    "mark_wrong": (
        "The student's answer is wrong; right is: {term}. Say so kindly, explain it in one sentence from passage [1], "
        "then ask: {item}",
        "学生答错了，正确答案是：{term}。温和地告诉学生，根据资料[1]用一句话解释，然后问：{item}",
    ),
    "end_quiz": (
        "The quiz is over with {right} of {marked} right. React to the last answer (right is: {term}), tell the score "
        "and ask what to do next.",
        "测验结束，{marked}题答对{right}题。先回应最后一个回答（正确答案是：{term}），再说成绩，问学生接下来想做什么。",
    ),
    "stop_quiz": (
        "The student wants to stop the quiz; {right} of {marked} were right. Say so kindly and ask what to do next.",
        "学生想停止测验，{marked}题答对{right}题。温和地说明，并问接下来想做什么。",
    ),
    "back_to_item": (
        "Answer in one or two short sentences without giving away the open question, then ask it again: {item}",
        "用一两个短句回答，不要泄露正在问的题目的答案，然后再问一次：{item}",
    ),
    "unclear": (
        "It is not clear which answer the student means. Ask again: {item}",
        "不清楚学生选的是哪一个，请再问一次：{item}",
    ),
    "hint_item": (
        "The student wants a hint for the open question. Give a small one without the answer ({term}), then ask again: "
        "{item}",
        "学生想要提示。给一个小提示，不要说出答案（{term}），然后再问一次：{item}",
    ),
    "say_after": (
        "Ask the student to listen and repeat exactly this sentence: “{sentence}”",
        "请学生听并且跟读这句话：“{sentence}”",
    ),
    "said_well": (
        "The student repeated the sentence well. Praise in a few words, then ask to repeat: “{sentence}”",
        "学生跟读得很好。简短表扬，然后请学生跟读：“{sentence}”",
    ),
    "said_nearly": (
        "The student repeated the sentence but these words were missing or different: {words}. Say them once clearly "
        "and ask to repeat the whole: “{sentence}”",
        "学生跟读时缺了或说错了这些词：{words}。清楚地说一遍这些词，再请学生跟读整句：“{sentence}”",
    ),
    "said_badly": (
        "The sentence was too hard. Encourage the student and ask to repeat an easier one: “{sentence}”",
        "刚才那句太难了。鼓励学生，换一句请学生跟读：“{sentence}”",
    ),
    "recast": (
        "If the student's sentence has a mistake, first say it again in its right form; then answer in one easy "
        "sentence and ask one easy question about the same topic.",
        "如果学生的句子有错误，先用正确的形式重说一遍；然后用一个简单的句子回答，再问一个同一话题的简单问题。",
    ),
}


def guide(step: str, language: Language, /, **values: object) -> str:
    """The guidance for one step."""
    english, chinese = _GUIDANCE[step]
    return (chinese if language == "zh" else english).format(**values)
