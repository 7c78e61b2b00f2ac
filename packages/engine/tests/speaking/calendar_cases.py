# ruff: noqa: E501 - a case a line
"""Dates, hours, decades and telephone numbers, as they are read out."""

ENGLISH = [
    ("Nov 21, 2026", "November twenty-first, twenty twenty-six"),
    ("21 November 2026", "November twenty-first, twenty twenty-six"),
    ("Sept. 3 and June 30th", "September third and June thirtieth"),
    ("On 3 May at 3pm", "On May third at three P M"),
    ("In May 2024 we", "In May twenty twenty-four we"),
    ("May be 3, may 5 people", "May be three, may five people"),
    ("12/25/2024 and 25/12/2024", "December twenty-fifth, twenty twenty-four and December twenty-fifth, twenty twenty-four"),
    ("31/31/2024", "thirty-one/thirty-one/twenty twenty-four"),
    ("2024-11", "November twenty twenty-four"),
    ("1990–95, 1914-18", "nineteen ninety to ninety-five, nineteen fourteen to eighteen"),
    ("at 3:05 pm, 7 a.m. and 10am", "at three oh five P M, seven A M and ten A M"),
    ("10:30-11:45, 8:00–9:00", "ten thirty to eleven forty-five, eight o'clock to nine o'clock"),
    ("12:30:45", "twelve thirty and forty-five seconds"),
    ("the 90s, the '60s, the 1800s", "the nineties, the sixties, the eighteen hundreds"),
    ("in 1066", "in ten sixty-six"),
    ("open 24/7", "open twenty-four seven"),
    ("call 555-1234", "call five five five, one two three four"),
    ("+1 (555) 123-4567", "plus one, five five five, one two three, four five six seven"),
    ("100-2000 people", "one hundred to two thousand people"),
]  # fmt: skip

CHINESE = [
    ("2024/11/21和2024年1月2日", "二零二四年十一月二十一日和二零二四年一月二日"),
    ("11月21日下午3:05", "十一月二十一日下午三点零五分"),
    ("10:30-11:45，7:00~9:00", "十点三十分到十一点四十五分，七点到九点"),
    ("12:30:45", "十二点三十分四十五秒"),
    ("20世纪90年代", "二十世纪九十年代"),
    ("2024-11", "二零二四年十一月"),
    ("公元前259—前210", "公元前二百五十九到前二百一十"),
    ("拨打13812345678", "拨打一三八一二三四五六七八"),
    ("010-12345678", "零一零，一二三四五六七八"),
    ("电话：110", "电话：一一零"),
]
